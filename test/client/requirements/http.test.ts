import type { Client, ClientOptions } from '@switchyard/client';
import { createClient, ProtocolError } from '@switchyard/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, HTTP_LINKS, KEYS, record, reply, stream } from './recorder.ts';

const TEXT = { content: [{ type: 'text', text: 'done' }] };

describe.each(HTTP_LINKS)('over HTTP, through %s', (_, dial) => {
  async function setUp(answer: Answer, options: Omit<ClientOptions, 'url' | 'link'> = {}) {
    const { url, requests } = await record(answer);
    const client = createClient({ link: dial(url), timeouts: { retries: 0 }, ...options });
    onTestFinished(() => client.close());
    return { client, requests, url };
  }

  it('every message is one request in a POST of its own [HTTP-052] [HTTP-055] [BASE-053] [BASE-054]', async () => {
    const { client, requests } = await setUp(everything);
    await useEverything(client);
    expect(requests.map(({ message }) => message.method).sort()).toEqual([...METHODS, 'tools/call'].sort());
    for (const { httpMethod, path, message } of requests) {
      expect([httpMethod, path, message.jsonrpc]).toEqual(['POST', '/mcp', '2.0']);
      expect(Number.isSafeInteger(message.id)).toBe(true);
      expect(message).not.toHaveProperty('result');
      expect(message).not.toHaveProperty('error');
    }
  });

  it('every message says what it is, in headers and in _meta [HTTP-053] [HTTP-054] [HTTP-057] [BASE-068] [BASE-069]', async () => {
    const info = { name: 'tester', version: '7' };
    const { client, requests } = await setUp(everything, { info });
    await useEverything(client);
    for (const { headers, message } of requests) {
      const { params, method } = message;
      const accepted = String(headers.accept).split(',');
      expect(accepted.map((type) => type.trim()).sort()).toEqual(['application/json', 'text/event-stream']);
      expect(headers['content-type']).toBe('application/json');
      expect(headers['mcp-method']).toBe(method);
      expect(headers['mcp-name']).toBe(params['name'] ?? params['uri']);
      expect(headers['mcp-protocol-version']).toBe('2026-07-28');
      expect(params['_meta']).toMatchObject({
        [KEYS.version]: '2026-07-28',
        [KEYS.info]: info,
        [KEYS.capabilities]: {},
      });
    }
  });

  it('requests that are open at once have ids and progress tokens of their own [BASE-055] [PROG-009] [PROG-010]', async () => {
    const { client, requests } = await setUp((request, res) => {
      setImmediate(() => reply(res, { id: request.message.id, result: { resultType: 'complete', ...TEXT } }));
    });
    const onProgress = () => undefined;
    await Promise.all(Array.from({ length: 30 }, () => client.callTool('t', {}, { onProgress })));
    const tokens = requests.map(({ message }) => Object(message.params['_meta'])['progressToken']);
    expect(tokens.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(tokens).size).toBe(30);
    expect(new Set(requests.map(({ message }) => message.id)).size).toBe(30);
  });

  it('an answer as JSON and one as a stream are read alike, whatever the case of their headers [HTTP-056] [HTTP-071]', async () => {
    const { client } = await setUp(({ message: { id, params } }, res) => {
      const answer = { id, result: { resultType: 'complete', ...TEXT } };
      if (params['name'] === 'stream') return stream(res, answer);
      const body = JSON.stringify({ jsonrpc: '2.0', ...answer });
      res.writeHead(200, { 'CONTENT-type': 'Application/JSON; charset=utf-8' }).end(body);
    });
    expect(await client.callTool('stream')).toMatchObject(TEXT);
    expect(await client.callTool('json')).toMatchObject(TEXT);
  });

  it('messages are UTF-8, and an answer that is not is refused [TRANS-006]', async () => {
    const { client, requests } = await setUp(({ message: { id, params } }, res) => {
      if (params['name'] === 'good') return { content: [{ type: 'text', text: 'Grüße ☃ 💡' }] };
      const text = JSON.stringify({
        jsonrpc: '2.0',
        id,
        result: { ...TEXT, resultType: 'complete', x: 'é' },
      });
      res.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from(text, 'latin1'));
      return undefined;
    });
    const args = { text: 'süß ☃ 💡' };
    expect((await client.callTool('good', args)).content).toMatchObject([{ text: 'Grüße ☃ 💡' }]);
    const [first] = requests;
    expect(first?.bytes.equals(Buffer.from(first.bytes.toString('utf8'), 'utf8'))).toBe(true);
    expect(first?.message.params['arguments']).toEqual(args);
    await expect(client.callTool('bad')).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('an answer that is no JSON-RPC response is refused [BASE-053]', async () => {
    for (const wrong of [
      { result: TEXT },
      { id: 1 },
      { id: 1, result: TEXT, error: { code: 1, message: '' } },
    ]) {
      const { client } = await setUp((_request, res) => reply(res, wrong));
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-response' });
    }
  });

  it.each([-32020, -32021, -32022])(
    'a 400 with the modern error %i is no sign of a legacy server [HTTP-072]',
    async (code) => {
      const { client, requests } = await setUp(({ message: { id, method } }, res) =>
        method === 'tools/list'
          ? { tools: [] }
          : reply(res, { id, error: { code, message: 'no', data: { supported: ['2099-01-01'] } } }, 400),
      );
      const error = await client.callTool('t').catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: code === -32022 ? 'unsupported-version' : code });
      expect(requests.map(({ message }) => message.method)).not.toContain('server/discover');
      expect(requests.map(({ message }) => message.method)).not.toContain('initialize');
    },
  );

  it('errors between -32000 and -32019 are handed on, and prove nothing [BASE-058] [BASE-059] [RES-016]', async () => {
    for (const code of [-32000, -32001, -32002, -32019]) {
      const { client, requests } = await setUp(({ message: { id } }, res) => {
        reply(res, { id, error: { code, message: 'not there', data: { uri: 'a:1' } } });
      });
      const error = await client.readResource('a:1').catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).toMatchObject({ code, message: 'not there', data: { uri: 'a:1' } });
      expect(requests).toHaveLength(1);
    }
  });

  it('what stands under reserved _meta keys does no harm [BASE-067]', async () => {
    const odd = [null, 7, 'x', [], {}, true];
    const { client } = await setUp(({ message: { id } }, res) => {
      const notes = odd.flatMap((value) => [
        { method: 'notifications/message', params: { level: 'info', data: 'x', _meta: value } },
        { method: 'notifications/progress', params: { progressToken: value, progress: 1 } },
        {
          method: 'notifications/tools/list_changed',
          params: { _meta: { [KEYS.subscription]: value, 'io.modelcontextprotocol/serverInfo': value } },
        },
      ]);
      const result = { resultType: 'complete', ...TEXT, _meta: { 'io.modelcontextprotocol/serverInfo': 5 } };
      stream(res, ...notes, { id, result });
    });
    const heard: unknown[] = [];
    const options = { onProgress: (one: unknown) => heard.push(one), onLog: () => undefined };
    expect(await client.callTool('t', {}, options)).toMatchObject(TEXT);
    expect(heard).toEqual([]);
  });
});

const METHODS = [
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
];

/** Answers every method. The first call of a tool asks back. */
function everything({ message: { method, params } }: Parameters<Answer>[0]): object {
  if (method === 'tools/call' && !('requestState' in params))
    return { resultType: 'input_required', requestState: 's' };
  return {
    supportedVersions: ['2026-07-28'],
    capabilities: {},
    ...TEXT,
    tools: [],
    resources: [],
    resourceTemplates: [],
    contents: [],
    prompts: [],
    messages: [],
    completion: { values: [] },
    ttlMs: 0,
    cacheScope: 'private',
  };
}

async function useEverything(client: Client): Promise<void> {
  await client.discover();
  await client.listTools();
  await client.callTool('t');
  await client.listResources();
  await client.listResourceTemplates();
  await client.readResource('a:1');
  await client.listPrompts();
  await client.getPrompt('p');
  const ref = { type: 'ref/prompt', name: 'p' } as const;
  await client.complete({ ref, argument: { name: 'a', value: '' } });
}
