import { type Area, right, skipped, type Verdict, wrong } from '../check.ts';
import type { Exam } from '../exam.ts';
import { isLoopback } from '../loopback.ts';
import { describe, resultOf } from '../reply.ts';
import { type Rule, requirement } from '../rules.ts';

/** The specification names the attack, not the header. */
const HOST_RULE: Rule = {
  level: 'SHOULD',
  anchor: 'basic/transports/streamable-http#security-&-endpoint',
  text: 'A local server is protected against DNS rebinding, by which a web page reaches it under a name of its own.',
};

/** No web page reaches the server unasked. Spec: basic/transports/streamable-http#security-&-endpoint. */
export const PROTECTION: Area = {
  title: 'Protection',
  checks: [
    {
      id: 'protection.origin',
      title: 'A request from a foreign web page gets 403',
      rule: requirement('HTTP-003'),
      mend: 'Keep a list of the origins that may call, and answer 403 to any other Origin.',
      run: (exam) => foreignOrigin(exam, 'https://switchyard-doctor.invalid'),
    },
    {
      id: 'protection.origin-null',
      title: 'So does one from a page without an origin',
      rule: requirement('HTTP-003'),
      mend: 'Take "Origin: null" for an origin that is not allowed: sandboxed frames send it.',
      run: (exam) => foreignOrigin(exam, 'null'),
    },
    {
      id: 'protection.host',
      title: 'A local server answers only to its own names',
      rule: HOST_RULE,
      mend: 'Compare Host with the names that the server is known by, and answer 403 to any other.',
      async run({ probe }) {
        if (!isLoopback(probe.url)) return skipped('the server is not local');
        const reply = await probe.call(
          'server/discover',
          {},
          { headers: { host: 'switchyard-doctor.invalid' } },
        );
        return resultOf(reply) === undefined
          ? right()
          : wrong('A request for another host is answered with a result.');
      },
    },
    {
      id: 'protection.tls',
      title: 'Messages travel encrypted',
      rule: requirement('AUTH-203'),
      mend: 'Serve over https, or bind to the loopback address.',
      run({ probe }) {
        if (probe.url.protocol === 'https:') return right();
        return isLoopback(probe.url)
          ? right('it is local')
          : wrong('The endpoint is http, and not on this machine.');
      },
    },
  ],
};

// ---

async function foreignOrigin({ probe }: Exam, origin: string): Promise<Verdict> {
  const reply = await probe.call('server/discover', {}, { headers: { origin } });
  return reply.status === 403 ? right() : wrong(`With "Origin: ${origin}" the answer is ${describe(reply)}.`);
}
