import { type Area, type Check, right, type Verdict, wrong } from '../check.ts';
import type { Exam } from '../exam.ts';
import { rejects } from '../expect.ts';
import { standardHeaders } from '../probe.ts';
import { describe, errorOf, type Reply, responseOf, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** How the server reads and writes JSON-RPC. Spec: basic#messages. */
export const MESSAGES: Area = {
  title: 'Messages',
  checks: [
    echoesId({ id: 'messages.id-integer', what: 'An integer', value: 4711 }),
    echoesId({ id: 'messages.id-text', what: 'A text', value: 'switchyard-1' }),
    refusesId({ id: 'messages.id-null', what: 'null', value: null, row: 'BASE-004' }),
    refusesId({ id: 'messages.id-fraction', what: 'a fraction', value: 1.5, row: 'BASE-003' }),
    {
      id: 'messages.batch',
      title: 'A batch is refused',
      rule: requirement('HTTP-006'),
      mend: 'Answer 400 to a body that is a list: every message is a POST of its own.',
      run: async (exam) => rejects(await post(exam, `[${DISCOVER}]`)),
    },
    {
      id: 'messages.response',
      title: 'A response from a client is refused',
      rule: requirement('HTTP-006'),
      mend: 'Answer 400 to a body that is a JSON-RPC response: clients answer questions in inputResponses.',
      run: async (exam) => rejects(await post(exam, '{"jsonrpc":"2.0","id":1,"result":{}}')),
    },
    {
      id: 'messages.not-json',
      title: 'What is not JSON is refused',
      rule: requirement('BASE-002'),
      mend: 'Answer 400 with -32700 to a body that is not JSON.',
      run: async (exam) => rejects(await post(exam, '{"jsonrpc":"2.0",')),
    },
    {
      id: 'messages.not-utf8',
      title: 'What is not UTF-8 is refused',
      rule: requirement('TRANS-001'),
      mend: 'Decode bodies strictly (new TextDecoder("utf-8", { fatal: true })) and answer 400 with -32700.',
      run: async (exam) => rejects(await post(exam, NOT_UTF8)),
    },
    {
      id: 'messages.notification',
      title: 'A notification is accepted with 202 and no body, or refused with an HTTP error',
      rule: requirement('HTTP-007'),
      mend: 'Answer 202 with an empty body to a notification; one that cannot be accepted gets an HTTP error status.',
      run: async (exam) => acknowledges(await post(exam, NOTIFICATION, 'notifications/cancelled')),
    },
    {
      id: 'messages.notification-unanswered',
      title: 'A notification gets no result',
      rule: requirement('BASE-019'),
      mend: 'Never answer a message without an id with a result or an error that has one.',
      async run(exam) {
        const reply = await post(exam, NOTIFICATION, 'notifications/cancelled');
        const response = responseOf(reply);
        const answered =
          response !== undefined && (resultOf(reply) !== undefined || response['id'] !== undefined);
        // An HTTP error may carry an error response that has no id.
        return answered && response['id'] !== null
          ? wrong(`It is answered with ${describe(reply)}.`)
          : right();
      },
    },
  ],
};

// ---

const DISCOVER =
  '{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}';
const NOTIFICATION =
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"switchyard-none","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}';
/** A request that is whole but for one byte within a text. */
const NOT_UTF8: Uint8Array = Buffer.concat([
  Buffer.from(DISCOVER.slice(0, -3)),
  Buffer.from(',"x":"'),
  Buffer.from([0xff]),
  Buffer.from('"}}}'),
]);

function post(exam: Exam, body: string | Uint8Array, method = 'server/discover'): Promise<Reply> {
  return exam.probe.send({ body, headers: standardHeaders(method, {}) });
}

interface IdCase {
  readonly id: string;
  readonly what: string;
  readonly value: unknown;
}

function echoesId({ id, what, value }: IdCase): Check {
  return {
    id,
    title: `${what} as id comes back as it was sent`,
    rule: requirement('BASE-005'),
    mend: 'Repeat the id of the request in its response, with its JSON type.',
    async run(exam) {
      const reply = await exam.probe.call('server/discover', {}, { id: value });
      const response = responseOf(reply);
      if (response?.['id'] === value) return right();
      return wrong(
        `The id sent is ${JSON.stringify(value)}; ${response === undefined ? `the answer is ${describe(reply)}` : `the one that came back is ${JSON.stringify(response['id'])}`}.`,
      );
    },
  };
}

function refusesId({ id, what, value, row }: IdCase & { readonly row: string }): Check {
  return {
    id,
    title: `A request with ${what} as its id is refused`,
    rule: requirement(row),
    mend: 'Answer 400 with -32600 to a request whose id is neither a text nor an integer.',
    run: async (exam) => rejects(await exam.probe.call('server/discover', {}, { id: value })),
  };
}

function acknowledges(reply: Reply): Verdict {
  if (reply.status >= 400) return right(`refused with ${reply.status}`);
  if (reply.status === 202 && reply.text === '' && reply.messages.length === 0) return right();
  const body = errorOf(reply) !== undefined || reply.text !== '' ? ' and a body' : '';
  return wrong(`It is answered with HTTP ${reply.status}${body}.`);
}
