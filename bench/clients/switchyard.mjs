// @switchyard/client over undici, its default on Node.
import { createClient } from '@switchyard/client/node';

export async function connect(url) {
  const client = createClient({ url });
  // The tool's definition is known from here on: outputs are held to its schema.
  await client.listTools();
  return {
    call: async (a, b) => (await client.callTool('add', { a, b })).structuredContent.sum,
    close: () => client.close(),
  };
}
