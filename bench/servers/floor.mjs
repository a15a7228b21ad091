// The floor: bare node:http, nothing checked. MODE=canned writes results that were made ready as bytes, and splices the id
// and the sum into ready text; MODE=stringify builds the reply as an object and stringifies it. It also opens listen streams,
// to show what a stream costs Node itself.
import { createServer } from 'node:http';
import { HOST, PORT, TEXT, tools, URI } from '../work.mjs';

const stringify = process.env.MODE === 'stringify';
const hint =
  process.env.CACHEABLE === '1'
    ? { ttlMs: 3_600_000, cacheScope: 'public' }
    : { ttlMs: 0, cacheScope: 'private' };
const results = {
  // For clients that ask before they call.
  'server/discover': {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {}, resources: {} },
    ...hint,
  },
  'tools/list': { resultType: 'complete', tools: await listed(), ...hint },
  'resources/read': {
    resultType: 'complete',
    contents: [{ uri: URI, mimeType: 'text/plain', text: TEXT }],
    ...hint,
  },
};
const ready = Object.fromEntries(
  Object.entries(results).map(([method, result]) => [method, Buffer.from(`${JSON.stringify(result)}}`)]),
);

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => respond(response, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
}).listen(PORT, HOST);

function respond(response, bytes) {
  let message;
  try {
    message = JSON.parse(bytes);
  } catch {
    response.writeHead(400).end();
    return;
  }
  if (message.method === 'subscriptions/listen') return listen(response, message);
  if (!stringify && message.method in ready) return write(response, message.id, ready[message.method]);
  const body = answer(message);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function answer({ id, method, params }) {
  if (method === 'tools/call') return added(id, params.arguments.a + params.arguments.b);
  if (!(method in results))
    return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
  return JSON.stringify({ jsonrpc: '2.0', id, result: results[method] });
}

function write(response, id, bytes) {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;
  const length = Buffer.byteLength(head) + bytes.length;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
  response.write(head);
  response.end(bytes);
}

function added(id, sum) {
  if (stringify) {
    const content = [{ type: 'text', text: String(sum) }];
    return JSON.stringify({
      jsonrpc: '2.0',
      id,
      result: { resultType: 'complete', content, structuredContent: { sum } },
    });
  }
  return `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","content":[{"type":"text","text":"${sum}"}],"structuredContent":{"sum":${sum}}}}`;
}

function listen(response, { id, params }) {
  const acknowledged = {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: params.notifications, _meta: { 'io.modelcontextprotocol/subscriptionId': id } },
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify(acknowledged)}\n\n`);
}

/** What `tools/list` shows. Without zod where there is one tool only, so that the cold start is Node's own. */
async function listed() {
  if ((process.env.TOOLS ?? '1') === '1') {
    const number = { type: 'number' };
    const inputSchema = { type: 'object', properties: { a: number, b: number }, required: ['a', 'b'] };
    const outputSchema = { type: 'object', properties: { sum: number }, required: ['sum'] };
    return [{ name: 'add', title: 'Add', description: 'Adds two numbers.', inputSchema, outputSchema }];
  }
  const { z } = await import('zod');
  return tools(z).map(({ name, title, description, input, output }) => ({
    name,
    title,
    description,
    inputSchema: z.toJSONSchema(input, { io: 'input' }),
    outputSchema: z.toJSONSchema(output),
  }));
}
