// The same cases on every runtime: run by main.mjs on Node, Bun and Deno, and by worker.mjs inside workerd.
import { createServer, memoryBus, ToolError } from '@switchyard/server';
import { z } from 'zod';

const VERSION = '2026-07-28';
const KEYS = 'one:gWbn3ez1a8mgtePOpotqvRb_fSNWTjMBZbtv8Z-UHJw';

/** A server with one of everything that could differ between runtimes. */
function build(bus) {
  const server = createServer(
    { name: 'runtimes', version: '1.0.0' },
    { requestState: { keys: KEYS }, bus, allowedHosts: ['localhost'], onError: () => undefined },
  );
  const numbers = z.object({ a: z.number(), b: z.number() });
  const sum = z.object({ sum: z.number() });
  server.registerTool('add', { inputSchema: numbers, outputSchema: sum }, ({ a, b }) => ({
    structuredContent: { sum: a + b },
  }));
  const raw = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] };
  server.registerTool('raw', { inputSchema: raw }, ({ n }) => `n is ${n}`);
  server.registerTool('fail', {}, () => {
    throw new Error('the secret');
  });
  server.registerTool('explain', {}, () => {
    throw new ToolError('say it otherwise');
  });
  server.registerTool('count', {}, (ctx) => {
    for (let i = 1; i <= 3; i += 1) ctx.progress(i, 3);
    return 'counted';
  });
  server.registerTool('greet', {}, async (ctx) => {
    const answer = await ctx.elicit({ message: 'Who?', requestedSchema: z.object({ name: z.string() }) });
    return answer.action === 'accept' ? `Hello, ${answer.content.name}!` : 'Never mind.';
  });
  server.registerResource('bytes', 'test://bytes', {}, () => new Uint8Array([0, 255, 128, 7]));
  server.registerResource('text', 'test://text', { mimeType: 'text/plain' }, () => 'grüß dich 世界');
  return server;
}

function request(method, params, headers = {}) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
    progressToken: 'p',
  };
  const name = params.name ?? params.uri;
  return new Request('http://localhost/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...(name === undefined ? {} : { 'mcp-name': name }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: { ...params, _meta: meta } }),
  });
}

async function call(server, method, params, headers) {
  const response = await server.fetch(request(method, params, headers));
  const body = await response.json();
  return { status: response.status, body, result: body.result, error: body.error };
}

function equal(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

/** Every message of an event stream, until it ends or `enough` says so. */
async function events(response, enough = () => false) {
  const messages = [];
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    const frames = text.split('\n\n');
    text = frames.pop();
    for (const frame of frames) {
      const data = frame
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice(6));
      if (data.length > 0) messages.push(JSON.parse(data.join('\n')));
    }
    if (done || enough(messages)) {
      await reader.cancel();
      return messages;
    }
  }
}

/** The cases by name; each throws where the runtime differs. */
export const CASES = {
  async discovers() {
    const { status, result } = await call(build(), 'server/discover', {});
    equal([status, result.supportedVersions], [200, [VERSION]]);
  },
  async 'lists tools'() {
    const { result } = await call(build(), 'tools/list', {});
    equal(
      result.tools.map(({ name }) => name),
      ['add', 'raw', 'fail', 'explain', 'count', 'greet'],
    );
  },
  async 'calls a tool with a Standard Schema'() {
    const { result } = await call(build(), 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
    equal(result.structuredContent, { sum: 5 });
  },
  async 'validates with a raw JSON Schema'() {
    const server = build();
    const good = await call(server, 'tools/call', { name: 'raw', arguments: { n: 4 } });
    const bad = await call(server, 'tools/call', { name: 'raw', arguments: { n: 0 } });
    equal([good.result.content[0].text, bad.result.isError], ['n is 4', true]);
  },
  async 'hides what a handler throws'() {
    const server = build();
    const hidden = await call(server, 'tools/call', { name: 'fail' });
    const shown = await call(server, 'tools/call', { name: 'explain' });
    equal(
      [JSON.stringify(hidden.body).includes('secret'), shown.result.content[0].text],
      [false, 'say it otherwise'],
    );
  },
  async 'streams progress'() {
    const messages = await events(await build().fetch(request('tools/call', { name: 'count' })));
    equal(
      messages.map(({ method, params, result }) => (method ? params.progress : result.content[0].text)),
      [1, 2, 3, 'counted'],
    );
  },
  async 'continues a round on another instance'() {
    const first = await call(build(), 'tools/call', { name: 'greet' });
    equal(first.result.resultType, 'input_required');
    const [key] = Object.keys(first.result.inputRequests);
    const answered = {
      name: 'greet',
      requestState: first.result.requestState,
      inputResponses: { [key]: { action: 'accept', content: { name: 'Ada' } } },
    };
    const second = await call(build(), 'tools/call', answered);
    equal(second.result.content[0].text, 'Hello, Ada!');
    const forged = await call(build(), 'tools/call', {
      ...answered,
      requestState: `${answered.requestState}A`,
    });
    equal(forged.error.code, -32602);
  },
  async 'reads text and bytes'() {
    const server = build();
    const text = await call(server, 'resources/read', { uri: 'test://text' });
    const bytes = await call(server, 'resources/read', { uri: 'test://bytes' });
    equal([text.result.contents[0].text, bytes.result.contents[0].blob], ['grüß dich 世界', 'AP+ABw==']);
  },
  async 'publishes to open streams'() {
    const bus = memoryBus();
    const server = build(bus);
    const listen = request('subscriptions/listen', {
      notifications: { resourceSubscriptions: ['test://text'] },
    });
    const response = await server.fetch(listen);
    build(bus).notify.resourceUpdated('test://text');
    const messages = await events(response, (seen) => seen.length >= 2);
    equal(
      messages.map(({ method }) => method),
      ['notifications/subscriptions/acknowledged', 'notifications/resources/updated'],
    );
  },
  async 'refuses a foreign origin, a mismatch and garbage'() {
    const server = build();
    const origin = await call(server, 'tools/list', {}, { origin: 'http://evil.example' });
    const mismatch = await call(server, 'tools/list', {}, { 'mcp-method': 'tools/call' });
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array([0x7b, 0xff]),
    };
    const garbage = await server.fetch(new Request('http://localhost/mcp', init));
    equal([origin.status, mismatch.error.code, garbage.status], [403, -32020, 400]);
  },
};

/** Runs every case; an entry per case, with what went wrong where something did. */
export async function runCases() {
  const outcomes = {};
  for (const [name, run] of Object.entries(CASES)) {
    try {
      await run();
      outcomes[name] = 'ok';
    } catch (error) {
      outcomes[name] = String(error?.stack ?? error);
    }
  }
  return outcomes;
}
