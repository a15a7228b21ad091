import { META } from '@switchyard/wire';
import { type Area, type Check, right, wrong } from '../check.ts';
import { accepts, INVALID_PARAMS, MISMATCH, refuses } from '../expect.ts';
import { standardHeaders } from '../probe.ts';
import { describe } from '../reply.ts';
import { requirement } from '../rules.ts';

/** What every request says of itself in `_meta`. Spec: basic#meta. */
export const ENVELOPE: Area = {
  title: 'Envelope (_meta)',
  checks: [
    lacking('envelope.capabilities-missing', {
      title: 'A request without client capabilities in _meta gets -32602',
      meta: { [META.clientCapabilities]: undefined },
      codes: [INVALID_PARAMS],
    }),
    lacking('envelope.capabilities-type', {
      title: 'Client capabilities that are no object get -32602',
      meta: { [META.clientCapabilities]: 'none' },
      codes: [INVALID_PARAMS],
    }),
    lacking('envelope.version-missing', {
      title: 'A request without the version in _meta gets -32602 or -32020',
      meta: { [META.protocolVersion]: undefined },
      // It also differs from the header.
      codes: [INVALID_PARAMS, ...(MISMATCH.codes ?? [])],
    }),
    {
      id: 'envelope.status',
      title: 'The status of that refusal is 400',
      rule: requirement('BASE-043'),
      mend: 'Answer 400 where a required field of _meta is missing.',
      async run({ probe }) {
        const meta = { [META.clientCapabilities]: undefined };
        const reply = await probe.call('server/discover', {}, { meta });
        return reply.status === 400 ? right() : wrong(`The answer is ${describe(reply)}.`);
      },
    },
    {
      id: 'envelope.none',
      title: 'A request without _meta gets 400',
      rule: requirement('BASE-043'),
      mend: 'Require params._meta on every request.',
      async run({ probe }) {
        const body = '{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{}}';
        const reply = await probe.send({ body, headers: standardHeaders('server/discover', {}) });
        const codes = [INVALID_PARAMS, ...(MISMATCH.codes ?? [])];
        return reply.status === 400 ? refuses(reply, { codes }) : wrong(`The answer is ${describe(reply)}.`);
      },
    },
    {
      id: 'envelope.unknown-keys',
      title: 'Keys of others in _meta are no reason to refuse',
      rule: requirement('BASE-037'),
      mend: 'Read the keys of _meta that the specification reserves, and let all others be.',
      run: async ({ probe }) =>
        accepts(await probe.call('server/discover', {}, { meta: { 'example.com/anything': [1] } })),
    },
    {
      id: 'envelope.trace',
      title: 'A malformed trace context does no harm',
      rule: requirement('BASE-051'),
      mend: 'Ignore a traceparent that is not of the W3C format.',
      run: async ({ probe }) =>
        accepts(await probe.call('server/discover', {}, { meta: { traceparent: 'not-a-traceparent' } })),
    },
  ],
};

// ---

interface LackingCase {
  readonly title: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly codes: readonly number[];
}

function lacking(id: string, { title, meta, codes }: LackingCase): Check {
  return {
    id,
    title,
    rule: requirement('BASE-042'),
    mend: 'Check the required fields of _meta, and their types, on every request, before anything else of it is used.',
    run: async ({ probe }) => refuses(await probe.call('server/discover', {}, { meta }), { codes }),
  };
}
