import { compileHeaderBindings, type HeaderBinding } from '@switchyard/wire';
import { type Area, type Check, skipped, type Verdict } from '../check.ts';
import type { Exam } from '../exam.ts';
import { acceptsHeaders, MISMATCH, refuses } from '../expect.ts';
import { asObject, type Reply } from '../reply.ts';
import { requirement } from '../rules.ts';

/** Arguments that headers repeat. Only with leave. Spec: basic/transports/streamable-http#custom-headers-from-tool-parameters. */
export const PARAMETERS: Area = {
  title: 'Parameter headers',
  checks: [
    mirrored('parameters.right', 'HTTP-035', {
      title: 'A header that repeats its argument is accepted',
      mend: 'Compare the decoded header with the argument; integers as numbers.',
      value: (plain) => plain,
      judge: acceptsHeaders,
    }),
    mirrored('parameters.missing', 'HTTP-039', {
      title: 'A call without the header gets 400 and -32020',
      mend: 'Refuse a call that has the argument and not its header.',
      value: () => undefined,
      judge: (reply) => refuses(reply, MISMATCH),
    }),
    mirrored('parameters.mismatch', 'HTTP-036', {
      title: 'A header that says another thing gets 400 and -32020',
      mend: 'Compare every Mcp-Param header that a tool declares with its argument, before the tool runs.',
      value: (plain, type) => OTHER[type](plain),
      judge: (reply) => refuses(reply, MISMATCH),
    }),
    mirrored('parameters.base64', 'HTTP-032', {
      title: 'A header in Base64 is decoded before it is compared',
      mend: 'Decode =?base64?…?= to UTF-8 text, then compare.',
      value: (plain) => `=?base64?${Buffer.from(plain).toString('base64')}?=`,
      judge: acceptsHeaders,
    }),
    mirrored('parameters.bad-base64', 'HTTP-034', {
      title: 'A header with broken Base64 gets 400 and -32020',
      mend: 'Refuse a value between the Base64 markers that is no Base64.',
      value: () => '=?base64?%%%?=',
      judge: (reply) => refuses(reply, MISMATCH),
    }),
    {
      id: 'parameters.absent',
      title: 'No header is expected for an argument that is not there',
      rule: requirement('HTTP-038'),
      mend: 'Expect a header only where the argument has a value other than null.',
      run: (exam) =>
        withBinding(exam, async ({ path }) => {
          const [first = ''] = path;
          const args = Object.fromEntries(
            Object.entries(exam.settings.args).filter(([name]) => name !== first),
          );
          return acceptsHeaders(await exam.invoke({ arguments: args }));
        }),
    },
  ],
};

// ---

const OTHER: Readonly<Record<HeaderBinding['type'], (plain: string) => string>> = {
  string: (plain) => `${plain}-other`,
  integer: (plain) => String(Number(plain) + 1),
  boolean: (plain) => String(plain !== 'true'),
};

interface MirrorCase {
  readonly title: string;
  readonly mend: string;
  /** What the header says for an argument's plain text; `undefined` leaves it out. */
  readonly value: (plain: string, type: HeaderBinding['type']) => string | undefined;
  readonly judge: (reply: Reply) => Verdict;
}

function mirrored(id: string, row: string, { title, mend, value, judge }: MirrorCase): Check {
  return {
    id,
    title,
    rule: requirement(row),
    mend,
    run: (exam) =>
      withBinding(exam, async ({ header, path, type }) => {
        const { args } = exam.settings;
        const plain = path.reduce<unknown>((at, name) => asObject(at)[name], args);
        if (plain === undefined || plain === null)
          return skipped(`give the argument "${path.join('.')}" with --args`);
        return judge(await exam.invoke({}, { headers: { [header]: value(String(plain), type) } }));
      }),
  };
}

async function withBinding(exam: Exam, run: (binding: HeaderBinding) => Promise<Verdict>): Promise<Verdict> {
  const tool = await exam.tool();
  if (tool === undefined) return skipped(exam.noTool);
  const compiled = compileHeaderBindings(tool['inputSchema']);
  const [binding] = compiled.ok ? compiled.bindings : [];
  return binding === undefined ? skipped('the tool declares no x-mcp-header') : run(binding);
}
