import { createServer, type Server } from '@switchyard/server';
import { z } from 'zod';

/** What `switchyard serve` hands to a definition, as far as this one wants it. */
interface Context {
  /** Seals input rounds: the same on every replica, so that any of them can continue a round that another began. */
  readonly keys: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The example of `npm start`: every answer says which replica gave it. Change it while it runs: it is loaded again. */
export default function firstLight({ keys, env }: Context): Server {
  const me = { replica: Number(env['SWITCHYARD_REPLICA'] ?? 1), pid: process.pid };
  const server = createServer(
    { name: 'first-light', title: 'First light', version: '1.0.0' },
    {
      instructions: 'Call whoami twice: two different replicas answer.',
      requestState: { keys },
    },
  );

  server.registerTool(
    'whoami',
    {
      description: 'Tells which replica answers.',
      outputSchema: z.object({ replica: z.number().int(), pid: z.number().int() }),
      annotations: { readOnlyHint: true },
    },
    () => ({
      content: [{ type: 'text', text: `Replica ${me.replica}, process ${me.pid}` }],
      structuredContent: me,
    }),
  );

  server.registerTool(
    'introduce',
    {
      description:
        'Asks for your name. One replica asks; whichever replica gets the answer goes on from there.',
    },
    async (ctx) => {
      const asked = await ctx.step('asked', () => me.replica);
      const answer = await ctx.elicit({
        message: `Replica ${asked} would like to know your name.`,
        requestedSchema: z.object({ name: z.string().min(1).max(80).describe('what to call you') }),
      });
      if (answer.action !== 'accept')
        return `Replica ${asked} asked, replica ${me.replica} heard that you would rather not say.`;
      return `Hello, ${answer.content.name}! Replica ${asked} asked, replica ${me.replica} heard your answer.`;
    },
  );

  server.registerTool(
    'countdown',
    {
      description: 'Counts down and reports progress: a call to have in flight while replicas come and go.',
      inputSchema: z.object({ seconds: z.number().int().min(1).max(60).default(5) }),
    },
    async ({ seconds }, ctx) => {
      for (let second = 1; second <= seconds; second += 1) {
        await sleep(1000, ctx.signal);
        ctx.progress(second, seconds, `${seconds - second} s to go`);
      }
      return `Replica ${me.replica} counted ${seconds} s.`;
    },
  );

  server.registerResource(
    'whoami',
    'first-light://whoami',
    { description: 'The replica that answers.', mimeType: 'text/plain' },
    () => `Replica ${me.replica}, process ${me.pid}`,
  );

  return server;
}

/** Resolves after `ms` milliseconds; rejects once the caller has gone. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
