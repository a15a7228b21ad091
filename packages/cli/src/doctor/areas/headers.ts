import { META } from '@switchyard/wire';
import { type Area, type Check, right, type Verdict } from '../check.ts';
import type { Exam } from '../exam.ts';
import { accepts, acceptsHeaders, MISMATCH, refuses, rejects } from '../expect.ts';
import type { Change } from '../probe.ts';
import type { Reply } from '../reply.ts';
import { requirement } from '../rules.ts';

/** Headers and body say the same. Spec: basic/transports/streamable-http#request-metadata. */
export const HEADERS: Area = {
  title: 'Headers',
  checks: [
    {
      id: 'headers.version-missing',
      title: 'A request without MCP-Protocol-Version gets 400 and -32020',
      rule: requirement('HTTP-020'),
      mend: 'Refuse requests without the header, unless you also speak revisions that did not have it.',
      async run(exam) {
        const reply = await discover(exam, { headers: { 'mcp-protocol-version': undefined } });
        // Whoever also serves the clients of 2025-03-26 may take it for one of theirs.
        return (await exam.speaksHandshake()) ? rejects(reply) : refuses(reply, MISMATCH);
      },
    },
    {
      id: 'headers.version-mismatch',
      title: 'A version header that differs from _meta gets 400 and -32020',
      rule: requirement('HTTP-017'),
      mend: 'Compare MCP-Protocol-Version with the version in _meta before you look whether either is spoken.',
      run: async (exam) =>
        refuses(await discover(exam, { meta: { [META.protocolVersion]: '1900-01-01' } }), MISMATCH),
    },
    mismatch('headers.method-missing', 'HTTP-021', {
      title: 'A request without Mcp-Method gets 400 and -32020',
      mend: 'Refuse requests without Mcp-Method: gateways route by it.',
      headers: { 'mcp-method': undefined },
    }),
    mismatch('headers.method-mismatch', 'HTTP-041', {
      title: 'An Mcp-Method that differs from the body gets 400 and -32020',
      mend: 'Compare Mcp-Method with the method of the body: otherwise a gateway lets through what it did not see.',
      headers: { 'mcp-method': 'tools/list' },
    }),
    mismatch('headers.method-case', 'HTTP-040', {
      title: 'Header values are compared with regard to case',
      mend: 'Compare the values of Mcp-Method and Mcp-Name exactly.',
      headers: { 'mcp-method': 'SERVER/DISCOVER' },
    }),
    {
      id: 'headers.name-of-header-case',
      title: 'Header names are compared without regard to case',
      rule: requirement('HTTP-040'),
      mend: 'Look headers up without regard to the case of their names.',
      run: async (exam) =>
        accepts(
          await discover(exam, { headers: { 'mcp-method': undefined, 'MCP-METHOD': 'server/discover' } }),
        ),
    },
    named('headers.name-missing', 'HTTP-021', {
      title: 'A request that names something gets 400 and -32020 without Mcp-Name',
      mend: 'Require Mcp-Name on tools/call, resources/read and prompts/get.',
      header: () => undefined,
      judge: (reply) => refuses(reply, MISMATCH),
    }),
    named('headers.name-mismatch', 'HTTP-041', {
      title: 'An Mcp-Name that differs from the body gets 400 and -32020',
      mend: 'Compare Mcp-Name with params.name or params.uri before you look the name up.',
      header: () => 'switchyard-doctor-another-name',
      judge: (reply) => refuses(reply, MISMATCH),
    }),
    named('headers.name-base64', 'HTTP-032', {
      title: 'An Mcp-Name in Base64 is decoded before it is compared',
      mend: 'Decode =?base64?…?= to UTF-8 text, then compare.',
      header: (name) => `=?base64?${base64(name)}?=`,
      judge: acceptsHeaders,
    }),
    named('headers.name-base64-marker', 'HTTP-030', {
      title: 'Only the exact marker makes a value Base64',
      mend: 'Take =?base64? in lower case for the marker, and no other spelling.',
      header: (name) => `=?BASE64?${base64(name)}?=`,
      judge: (reply) => refuses(reply, MISMATCH),
    }),
  ],
};

// ---

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function discover(exam: Exam, change: Change): Promise<Reply> {
  return exam.probe.call('server/discover', {}, change);
}

interface MismatchCase {
  readonly title: string;
  readonly mend: string;
  readonly headers: NonNullable<Change['headers']>;
}

function mismatch(id: string, row: string, { title, mend, headers }: MismatchCase): Check {
  const rule = requirement(row);
  return { id, title, rule, mend, run: async (exam) => refuses(await discover(exam, { headers }), MISMATCH) };
}

interface NamedCase {
  readonly title: string;
  readonly mend: string;
  /** What `Mcp-Name` says for a name. */
  readonly header: (name: string) => string | undefined;
  readonly judge: (reply: Reply) => Verdict;
}

function named(id: string, row: string, { title, mend, header, judge }: NamedCase): Check {
  return {
    id,
    title,
    rule: requirement(row),
    mend,
    async run(exam) {
      const { method, params, name } = await exam.named();
      const verdict = judge(await exam.probe.call(method, params, { headers: { 'mcp-name': header(name) } }));
      return verdict.status === 'right' ? right(`with ${method}`) : verdict;
    },
  };
}
