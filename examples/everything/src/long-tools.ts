import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '@switchyard/server';
import { z } from 'zod';

/** Tools that take a while: they tell how far they are, write log messages, and stop when the caller goes away. */
export function addLongTools(server: Server): void {
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Reports its progress three times.' },
    async (ctx) => {
      for (const done of [0, 50, 100]) {
        if (done > 0) await sleep(50, undefined, { signal: ctx.signal });
        ctx.progress(done, 100, `Completed step ${done} of 100`);
      }
      return 'The work is done.';
    },
  );

  server.registerTool(
    'count_down',
    {
      description: 'Counts down, reporting each number; stops when the call is cancelled.',
      inputSchema: z.object({
        from: z.int().min(1).max(100),
        everyMs: z.int().min(1).max(10_000).default(1_000),
      }),
    },
    async ({ from, everyMs }, ctx) => {
      for (let number = from; number > 0; number -= 1) {
        ctx.progress(from - number, from, String(number));
        await sleep(everyMs, undefined, { signal: ctx.signal });
      }
      return 'Lift-off.';
    },
  );

  server.registerTool(
    'test_logging_tool',
    { description: 'Writes log messages, for callers who ask for them.' },
    (ctx) => {
      ctx.log('info', 'Tool execution started', 'everything');
      ctx.log('debug', { step: 'processing' }, 'everything');
      ctx.log('info', 'Tool execution completed', 'everything');
      return 'The tool has logged three messages.';
    },
  );
}
