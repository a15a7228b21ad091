import { ERRORS, META, PROTOCOL_VERSION } from '@switchyard/wire';
import { type Area, right, wrong } from '../check.ts';
import { refuses } from '../expect.ts';
import { asObject, describe, errorOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** What becomes of requests of other revisions. Spec: basic/versioning. */
export const VERSIONS: Area = {
  title: 'Versions',
  checks: [
    {
      id: 'versions.unsupported',
      title: 'A request of a revision that is not spoken gets 400 and -32022',
      rule: requirement('HTTP-018'),
      mend: 'Where header and _meta agree on a version that you do not speak, answer 400 with -32022.',
      run: async (exam) =>
        refuses(await exam.probe.call('server/discover', {}, ANCIENT), {
          status: 400,
          codes: [ERRORS.UnsupportedProtocolVersion.code],
        }),
    },
    {
      id: 'versions.named',
      title: 'The refusal names the revisions that are spoken',
      rule: requirement('VER-001'),
      mend: 'Put { supported: […], requested } into the data of error -32022.',
      async run(exam) {
        const { supported } = asObject(errorOf(await exam.probe.call('server/discover', {}, ANCIENT))?.data);
        if (Array.isArray(supported) && supported.includes(PROTOCOL_VERSION)) return right();
        return wrong(`The "supported" of the error's data is ${JSON.stringify(supported)}.`);
      },
    },
    {
      id: 'versions.initialize',
      title: 'Clients that open with initialize learn what is spoken here',
      rule: requirement('VER-005'),
      mend: 'Name the versions in the error that answers initialize: those clients have no other way to learn them.',
      async run(exam) {
        if (await exam.speaksHandshake()) return right('the handshake is spoken too');
        const reply = await exam.handshake();
        const error = errorOf(reply);
        const told = `${JSON.stringify(error?.data)} ${String(error?.message)}`.includes(PROTOCOL_VERSION);
        return told ? right() : wrong(`initialize gets ${describe(reply)}, which names no version.`);
      },
    },
  ],
};

// ---

const ANCIENT = {
  headers: { 'mcp-protocol-version': '1900-01-01' },
  meta: { [META.protocolVersion]: '1900-01-01' },
} as const;
