import { META } from '@switchyard/wire';
import { type Area, noneOf, right, skipped, type Verdict, wrong } from '../check.ts';
import type { Exam } from '../exam.ts';
import { asObject, describe, type Json, type Reply } from '../reply.ts';
import { requirement } from '../rules.ts';

/** The stream of changes. Spec: basic/patterns/subscriptions. */
export const LISTENING: Area = {
  title: 'Subscriptions',
  checks: [
    {
      id: 'listening.acknowledged',
      title: 'subscriptions/listen is acknowledged before anything else',
      rule: requirement('SUB-002'),
      mend: 'Send notifications/subscriptions/acknowledged as the first event of the stream, at once.',
      run: (exam) =>
        withStream(exam, async ({ reply }) => {
          if (reply.mediaType !== 'text/event-stream')
            return wrong(`The answer is ${describe(reply)}, and no event stream.`);
          const { method } = asObject(reply.messages[0]);
          return method === ACKNOWLEDGED ? right() : wrong(`The first message is ${JSON.stringify(method)}.`);
        }),
    },
    {
      id: 'listening.id',
      title: 'What comes on the stream names its subscription',
      rule: requirement('BASE-050'),
      mend: `Put the id of the request, with its JSON type, under ${META.subscriptionId} in the _meta of every notification.`,
      run: (exam) =>
        withStream(exam, async ({ reply }) => {
          const ids = reply.messages.map(
            (message) => asObject(asObject(asObject(message)['params'])['_meta'])[META.subscriptionId],
          );
          return noneOf(
            ids
              .filter((id) => id !== STREAM_ID)
              .map((id) => `The subscription id is ${JSON.stringify(id)}, not ${JSON.stringify(STREAM_ID)}.`),
          );
        }),
    },
    {
      id: 'listening.filter',
      title: 'Only what was asked for is acknowledged',
      rule: requirement('SUB-001'),
      mend: 'Acknowledge, and send, the part of the filter that you honour, and nothing else.',
      run: (exam) =>
        withStream(exam, async ({ reply, filter }) => {
          const accepted = asObject(asObject(asObject(reply.messages[0])['params'])['notifications']);
          const more = Object.entries(accepted).filter(
            ([name, value]) => value !== false && filter[name] === undefined,
          );
          return noneOf(
            more.map(([name]) => `"${name}" was not asked for.`),
            Object.keys(accepted).join(', '),
          );
        }),
    },
    {
      id: 'listening.buffering',
      title: 'Proxies are told not to hold the stream back',
      rule: requirement('HTTP-013'),
      mend: 'Send "X-Accel-Buffering: no" with every event stream.',
      run: (exam) =>
        withStream(exam, async ({ reply }) => {
          const value = reply.headers['x-accel-buffering'];
          return value?.toLowerCase() === 'no'
            ? right()
            : wrong(`X-Accel-Buffering is ${value === undefined ? 'missing' : `"${value}"`}.`);
        }),
    },
  ],
};

// ---

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const STREAM_ID = 'switchyard-listen';

interface Stream {
  readonly reply: Reply;
  readonly filter: Json;
}

async function withStream(exam: Exam, run: (stream: Stream) => Promise<Verdict>): Promise<Verdict> {
  const filter = firstOffer(await exam.capabilities());
  if (filter === undefined) return skipped('the server declares that it tells of no changes');
  const listen = (): Promise<Reply> =>
    exam.probe.call('subscriptions/listen', { notifications: filter }, { id: STREAM_ID, enough: () => true });
  return run({ filter, reply: await exam.once('listen', listen) });
}

/** The first kind of change that the server offers to tell of. */
function firstOffer(capabilities: Json): Json | undefined {
  const offers = (['tools', 'prompts', 'resources'] as const).filter(
    (name) => asObject(capabilities[name])['listChanged'] === true,
  );
  const [first] = offers;
  return first === undefined ? undefined : { [`${first}ListChanged`]: true };
}
