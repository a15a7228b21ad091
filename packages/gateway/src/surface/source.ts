import type { ForwardContext } from '../forward/forwarding.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { callServer } from '../upstream/call.ts';
import type { Question } from './question.ts';
import { readReply, type Said } from './said.ts';

/** Who answers questions: a server itself, or something before it that knows the answer already (a cache). */
export interface ResultSource {
  /** Rejects never; resolves with a refusal where there is no answer that can be used. */
  ask(question: Question): Promise<Said | Refusal>;
}

/** The servers themselves. */
export function serverSource(context: ForwardContext): ResultSource {
  return {
    async ask(question) {
      const { exchange: client, server, method, headers, body, query, replica, signal, id } = question;
      const limitBytes = client.live.plan.limits.resultBytes;
      const call = { server, method, headers, body, query, limitBytes, client, replica, signal };
      const reply = await callServer(call, context);
      return isRefusal(reply) ? reply : readReply(reply, id);
    },
  };
}
