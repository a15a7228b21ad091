// @switchyard/client, a list that is fresh in its cache.
import { createClient, inProcessLink } from '@switchyard/client';

export async function connect() {
  const entry = { name: 'add', inputSchema: { type: 'object' } };
  const result = { resultType: 'complete', tools: [entry], ttlMs: 3_600_000, cacheScope: 'public' };
  const answer = async (request) => {
    const { id } = await request.json();
    return Response.json({ jsonrpc: '2.0', id, result });
  };
  const client = createClient({ link: inProcessLink(answer) });
  await client.listTools();
  return {
    call: async (a, b) => ((await client.listTools()).tools.length === 1 ? a + b : undefined),
    close: () => client.close(),
  };
}
