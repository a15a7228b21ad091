import path from 'node:path';
import { createStdioClient } from '@switchyard/client/stdio';
import { isTask, tasks } from '@switchyard/client/tasks';
import { expect, it } from 'vitest';

it('tasks are followed over stdio, too, and told of by the server', async () => {
  const work = tasks();
  const client = createStdioClient(
    { command: process.execPath, args: [path.join(import.meta.dirname, 'stdio-instance.mjs')] },
    {
      extensions: [work],
      handlers: { elicit: () => ({ action: 'accept', content: { name: 'Ann' } }) },
    },
  );
  try {
    const handle = await work.start('slow');
    if (!isTask(handle)) throw new Error('It is no task.');
    // The server wants to be asked once a minute: what comes sooner, it has told by itself.
    expect((await handle.result()).content).toEqual([{ type: 'text', text: 'slow for Ann' }]);
  } finally {
    await client.close();
  }
});
