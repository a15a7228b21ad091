import { ERRORS } from '@switchyard/wire';
import { type Area, type Check, right, skipped, wrong } from '../check.ts';
import { NO_SUCH_NAME } from '../exam.ts';
import { INVALID_PARAMS, refuses } from '../expect.ts';
import { resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** A URI that leads nowhere. */
const NO_SUCH_URI = `doctor://${NO_SUCH_NAME}`;

/** What goes wrong in the way that it should. Spec: basic#error-codes. */
export const ERROR_ANSWERS: Area = {
  title: 'Errors',
  checks: [
    unknownMethod('errors.unknown-method', 'A method that does not exist', 'doctor/no-such-method'),
    unknownMethod('errors.removed-method', 'A method of earlier revisions (ping)', 'ping'),
    unknownThing('errors.unknown-tool', 'SCHEMA-003', {
      capability: 'tools',
      method: 'tools/call',
      params: { name: NO_SUCH_NAME, arguments: {} },
    }),
    unknownThing('errors.unknown-prompt', 'PROMPT-008', {
      capability: 'prompts',
      method: 'prompts/get',
      params: { name: NO_SUCH_NAME },
    }),
    unknownThing('errors.unknown-resource', 'RES-008', {
      capability: 'resources',
      method: 'resources/read',
      params: { uri: NO_SUCH_URI },
    }),
    {
      id: 'errors.empty-resource',
      title: 'A resource that does not exist is never read as empty',
      rule: requirement('RES-010'),
      mend: 'Answer -32602 for a URI that leads to nothing.',
      async run(exam) {
        if ((await exam.capabilities())['resources'] === undefined) return skipped('there are no resources');
        const result = resultOf(await exam.probe.call('resources/read', { uri: NO_SUCH_URI }));
        return result === undefined
          ? right()
          : wrong(`It is read as ${JSON.stringify(result['contents'])?.slice(0, 80)}.`);
      },
    },
  ],
};

// ---

function unknownMethod(id: string, what: string, method: string): Check {
  return {
    id,
    title: `${what} gets 404 and -32601`,
    rule: requirement('HTTP-019'),
    mend: 'Answer 404 with -32601 for every method that the server does not have, capabilities included.',
    async run(exam) {
      const reply = await exam.probe.call(method);
      return refuses(reply, { status: 404, codes: [ERRORS.MethodNotFound.code] });
    },
  };
}

interface ThingCase {
  readonly capability: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function unknownThing(id: string, row: string, { capability, method, params }: ThingCase): Check {
  const what = capability.slice(0, -1);
  return {
    id,
    title: `A ${what} that does not exist gets -32602`,
    rule: requirement(row),
    mend: `Answer -32602 where ${method} names what is not there, as an error and not as a result.`,
    async run(exam) {
      if ((await exam.capabilities())[capability] === undefined) return skipped(`there are no ${capability}`);
      return refuses(await exam.probe.call(method, params), { codes: [INVALID_PARAMS] });
    },
  };
}
