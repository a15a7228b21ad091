import { isMetaKey, META, PROTOCOL_VERSION } from '@switchyard/wire';
import { type Area, noneOf, right, wrong } from '../check.ts';
import type { Exam } from '../exam.ts';
import { asObject, describe, type Json, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** What the server says of itself. Spec: server/discover. */
export const DISCOVERY: Area = {
  title: 'Discovery',
  checks: [
    {
      id: 'discovery.answers',
      title: 'server/discover is answered',
      rule: requirement('DISC-001'),
      mend: 'Answer server/discover with a result, for every caller that may use the server.',
      async run(exam) {
        const reply = await exam.discover();
        if (resultOf(reply) === undefined) return wrong(`The answer is ${describe(reply)}.`);
        return right();
      },
    },
    {
      id: 'discovery.versions',
      title: 'The revisions that are spoken are named',
      rule: requirement('DISC-001'),
      mend: `Give supportedVersions as a list of texts, ${PROTOCOL_VERSION} among them.`,
      async run(exam) {
        const { supportedVersions } = await said(exam);
        const listed = Array.isArray(supportedVersions) && supportedVersions.includes(PROTOCOL_VERSION);
        return listed
          ? right(supportedVersions.join(', '))
          : wrong(`supportedVersions is ${JSON.stringify(supportedVersions)}.`);
      },
    },
    {
      id: 'discovery.capabilities',
      title: 'Capabilities are an object of objects',
      rule: requirement('DISC-001'),
      mend: 'Give capabilities as an object, and each capability in it as an object, an empty one at least.',
      async run(exam) {
        const { capabilities } = await said(exam);
        if (typeof capabilities !== 'object' || capabilities === null)
          return wrong(`capabilities is ${JSON.stringify(capabilities)}.`);
        const odd = Object.entries(capabilities).filter(
          ([, value]) => typeof value !== 'object' || value === null,
        );
        return noneOf(
          odd.map(([name, value]) => `The capability "${name}" is ${JSON.stringify(value)}.`),
          Object.keys(capabilities).join(', '),
        );
      },
    },
    {
      id: 'discovery.identity',
      title: 'The server says what it is',
      rule: requirement('DISC-002'),
      mend: `Put name and version under ${META.serverInfo} in the _meta of the result.`,
      async run(exam) {
        const { name, version } = asObject(asObject((await said(exam))['_meta'])[META.serverInfo]);
        const named = typeof name === 'string' && typeof version === 'string';
        return named
          ? right(`${name} ${version}`)
          : wrong('It names neither itself nor its version, or not both.');
      },
    },
    {
      id: 'discovery.extensions',
      title: 'Extensions are named by the rules',
      rule: requirement('VER-002'),
      mend: 'Name an extension as a _meta key with a prefix: reversed domain name, slash, name.',
      async run(exam) {
        const ids = Object.keys(asObject(asObject((await said(exam))['capabilities'])['extensions']));
        const bad = ids.filter((id) => !isMetaKey(id) || !id.includes('/'));
        return noneOf(
          bad.map((id) => `"${id}" is no identifier of an extension.`),
          ids.join(', ') || 'there are none',
        );
      },
    },
  ],
};

// ---

async function said(exam: Exam): Promise<Json> {
  return asObject(resultOf(await exam.discover()));
}
