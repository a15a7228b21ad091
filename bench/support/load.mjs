import { fileURLToPath } from 'node:url';
import { faultOf, headersOf, messages, WORKLOADS } from '../workloads.mjs';
import { parseReply, post } from './http.mjs';
import { CORE, output, pinned } from './processes.mjs';

const GENERATOR = fileURLToPath(new URL('generator.mjs', import.meta.url));

/**
 * Sends a workload over `connections` sockets for so many `seconds`, or so many `requests`, as fast as answers come or at
 * `rate` a second, with `headers` beside those of the workload; resolves with how many were
 * answered in how many seconds, latencies in milliseconds, and how many answers were errors.
 */
export async function load(url, workload, { seconds, requests, connections, rate, headers }) {
  const { method } = WORKLOADS[workload];
  const bodies = messages(method).map((message) => JSON.stringify(message));
  const all = { ...headersOf(method), ...headers };
  const job = { url, headers: all, bodies, seconds, requests, connections, rate };
  return JSON.parse(await output(pinned(CORE.load, [process.execPath, GENERATOR, JSON.stringify(job)])));
}

/** Checks the answer to every request of a workload; throws at the first that is wrong. */
export async function verify({ url, target }, workload) {
  const { method, tools } = WORKLOADS[workload];
  for (const message of messages(method)) {
    const answer = await post(url, message, { ...headersOf(method), ...target.headers });
    const fault =
      answer.status === 200
        ? faultOf(message, parseReply(answer, message.id), { tools })
        : `HTTP ${answer.status}`;
    if (fault !== undefined)
      throw new Error(`${target.name}, ${workload}: ${fault}: ${answer.text.slice(0, 300)}`);
  }
}
