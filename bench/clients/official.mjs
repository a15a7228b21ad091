// The official client, which checks outputs once it has listed the tools.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export async function connect(url) {
  const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await client.listTools();
  return {
    call: async (a, b) => (await client.callTool({ name: 'add', arguments: { a, b } })).structuredContent.sum,
    close: () => client.close(),
  };
}
