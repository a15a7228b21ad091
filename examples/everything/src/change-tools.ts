import type { Server } from '@switchyard/server';
import { WATCHED_URI } from './resources.ts';

/** Tools that change something others may be listening for. */
export function addChangeTools(server: Server): void {
  server.registerTool(
    'test_trigger_tool_change',
    { description: 'Adds a tool and takes it away again.' },
    () => {
      server
        .registerTool(
          'passing_tool',
          { description: 'Is gone before anyone can call it.' },
          () => 'Still here.',
        )
        .remove();
      return 'The list of tools has changed.';
    },
  );

  server.registerTool(
    'test_trigger_prompt_change',
    { description: 'Adds a prompt and takes it away again.' },
    () => {
      server
        .registerPrompt(
          'passing_prompt',
          { description: 'Is gone before anyone can get it.' },
          () => 'Still here.',
        )
        .remove();
      return 'The list of prompts has changed.';
    },
  );

  server.registerTool(
    'touch_watched_resource',
    { description: 'Tells subscribers that the watched resource has changed.' },
    () => {
      server.notify.resourceUpdated(WATCHED_URI);
      return `${WATCHED_URI} has changed.`;
    },
  );
}
