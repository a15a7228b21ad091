import { type Area, type Check, noneOf, right, wrong } from '../check.ts';
import { accepts } from '../expect.ts';
import { requirement } from '../rules.ts';

/** One endpoint that takes POST, and nothing that belongs to a session. Spec: basic/transports/streamable-http#earlier-streamable-http-revisions. */
export const TRANSPORT: Area = {
  title: 'Transport',
  checks: [
    refusesVerb('transport.get', 'GET'),
    refusesVerb('transport.delete', 'DELETE'),
    {
      id: 'transport.session-ignored',
      title: 'Mcp-Session-Id is ignored',
      rule: requirement('HTTP-049'),
      mend: 'Do not look at Mcp-Session-Id on requests of this revision.',
      run: async ({ probe }) =>
        accepts(
          await probe.call('server/discover', {}, { headers: { 'mcp-session-id': 'switchyard-doctor' } }),
        ),
    },
    {
      id: 'transport.resumption-ignored',
      title: 'Last-Event-ID is ignored',
      rule: requirement('HTTP-050'),
      mend: 'Do not look at Last-Event-ID: streams of this revision do not resume.',
      run: async ({ probe }) =>
        accepts(await probe.call('server/discover', {}, { headers: { 'last-event-id': '7' } })),
    },
    {
      id: 'transport.media-type',
      title: 'Answers are JSON or an event stream, and say which',
      rule: requirement('HTTP-009'),
      mend: 'Send Content-Type application/json with one object, or text/event-stream with events.',
      run: ({ probe }) =>
        noneOf(
          probe.seen.flatMap(({ method, reply }) => {
            const said = reply.mediaType;
            const fits = said === 'application/json' || said === 'text/event-stream';
            return fits || reply.messages.length === 0 ? [] : [`${method} is answered with "${said}".`];
          }),
        ),
    },
  ],
};

// ---

function refusesVerb(id: string, verb: 'GET' | 'DELETE'): Check {
  return {
    id,
    title: `${verb} gets 405`,
    rule: requirement('HTTP-048'),
    mend: `Answer ${verb} on the endpoint with 405 and "Allow: POST"${verb === 'GET' ? ': there is no stream to open with it' : ': there is no session to end with it'}.`,
    async run(exam) {
      const reply = await exam.probe.send({
        verb,
        headers: { accept: 'text/event-stream' },
        enough: () => true,
      });
      if (reply.status !== 405 && (await exam.speaksHandshake()))
        return right('it belongs to earlier revisions, which are spoken too');
      return reply.status === 405 ? right() : wrong(`The answer has status ${reply.status}.`);
    },
  };
}
