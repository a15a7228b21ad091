import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TerminatingLink } from '@switchyard/client';
import { ClientError, createClient, fetchLink, ProtocolError } from '@switchyard/client';
import { undiciLink } from '@switchyard/client/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Handler = (req: IncomingMessage, res: ServerResponse, body: { id: number; method: string }) => void;

let handle: Handler = (_, res) => void res.end();
const seen: string[] = [];
const http = createServer((req, res) => {
  seen.push(`${req.method} ${req.url}`);
  let text = '';
  req.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  req.on('end', () => handle(req, res, JSON.parse(text)));
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
});

afterAll(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const LINKS: readonly (readonly [string, (url: string) => TerminatingLink])[] = [
  ['undici', (to) => undiciLink({ url: to, maxResponseBytes: 10_000 })],
  ['fetch', (to) => fetchLink({ url: to, maxResponseBytes: 10_000 })],
];

describe.each(LINKS)('through %s', (_, dial) => {
  const call = async (answer: Handler): Promise<unknown> => {
    handle = (req, res, body) => {
      // A server of this era, beyond the answer in question.
      if (body.method === 'server/discover') json(res, 200, result(body.id, MODERN));
      else answer(req, res, body);
    };
    const client = createClient({ link: dial(url), timeouts: { retries: 0 } });
    try {
      return await client.callTool('t');
    } catch (error) {
      return error;
    } finally {
      await client.close();
    }
  };

  const REFUSED: readonly (readonly [string, Handler, object])[] = [
    ['a page', (_req, res) => void res.writeHead(200, HTML).end('<p>'), { code: 'invalid-response' }],
    ['no content type', (_req, res) => void res.writeHead(200).end('{}'), { code: 'invalid-response' }],
    ['nothing, accepted', (_req, res) => void res.writeHead(202).end(), { code: 'invalid-response' }],
    ['what is no JSON', (_req, res) => json(res, 200, '{'), { code: 'invalid-response' }],
    ['a batch', (_req, res, { id }) => json(res, 200, `[${result(id, DONE)}]`), { code: 'invalid-response' }],
    ['another id', (_req, res, { id }) => json(res, 200, result(id + 1, DONE)), { code: 'invalid-response' }],
    [
      'an id of another type',
      (_req, res, { id }) => json(res, 200, result(`${id}`, DONE)),
      { code: 'invalid-response' },
    ],
    [
      'a request',
      (_req, res) => json(res, 200, '{"jsonrpc":"2.0","id":1,"method":"x"}'),
      { code: 'invalid-response' },
    ],
    ['no content', (_req, res, { id }) => json(res, 200, result(id, {})), { code: 'invalid-response' }],
    [
      'an unknown type of result',
      (_req, res, { id }) => json(res, 200, result(id, { ...DONE, resultType: 'surprise' })),
      { code: 'invalid-response' },
    ],
    [
      'too much',
      (_req, res, { id }) => json(res, 200, result(id, { ...DONE, x: 'x'.repeat(20_000) })),
      { code: 'invalid-response' },
    ],
    [
      'a prototype',
      (_req, res, { id }) => json(res, 200, `{"jsonrpc":"2.0","id":${id},"result":{"__proto__":{}}}`),
      { code: 'invalid-response' },
    ],
    [
      'a redirect',
      (_req, res) => void res.writeHead(307, { location: '/elsewhere' }).end(),
      { code: 'http-status', status: 307 },
    ],
    [
      '502 and a page',
      (_req, res) => void res.writeHead(502, HTML).end('<p>'),
      { code: 'http-status', status: 502, mayHaveRun: true },
    ],
    [
      '429',
      (_req, res) => void res.writeHead(429, { 'retry-after': '7' }).end(),
      { code: 'http-status', retryAfterMs: 7000 },
    ],
    [
      'a stream that ends',
      (_req, res) => void sse(res, ':\n\n').end(),
      { code: 'interrupted', mayHaveRun: true },
    ],
    [
      'a stream that is cut',
      (_req, res) => void sse(res, ':\n\n', () => res.destroy()),
      { code: 'interrupted' },
    ],
    ['a connection that is cut', (_req, res) => void res.destroy(), { code: 'network', mayHaveRun: true }],
    [
      'a request on the stream',
      (_req, res) => void sse(res, event({ jsonrpc: '2.0', id: 1, method: 'roots/list' })),
      { code: 'invalid-response' },
    ],
    [
      'an event without end',
      (_req, res) => void sse(res, `data: ${'x'.repeat(20_000)}`),
      { code: 'invalid-response' },
    ],
    [
      'what is no JSON on the stream',
      (_req, res) => void sse(res, 'data: {\n\n'),
      { code: 'invalid-response' },
    ],
  ];

  it.each(REFUSED)('%s is refused [BASE-053] [BASE-056] [TOOL-026]', async (_name, answer, wanted) => {
    const error = await call(answer);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject(wanted);
    expect(seen).not.toContain('GET /elsewhere');
    expect(seen).not.toContain('POST /elsewhere');
  });

  it('a challenge keeps its headers, whatever comes with it', async () => {
    const challenge = { 'www-authenticate': 'Bearer scope="a"', 'content-type': 'application/json' };
    const error = await call((_req, res, { id }) => {
      const text = JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32002, message: 'no' } });
      res.writeHead(401, challenge).end(text);
    });
    expect(error).toMatchObject({ code: 'http-status', status: 401, mayHaveRun: false });
    expect(error instanceof ClientError ? error.headers?.get('www-authenticate') : '').toBe(
      'Bearer scope="a"',
    );
  });

  it('an error is the server’s own, reserved codes and missing ids included', async () => {
    for (const [status, code] of [
      [200, -32002],
      [400, -32602],
      [404, -32601],
      [500, -32603],
    ] as const) {
      const error = await call((_req, res) =>
        json(res, status, JSON.stringify({ jsonrpc: '2.0', error: { code, message: 'no', data: [1] } })),
      );
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).toMatchObject({ code, message: 'no', data: [1], status });
    }
  });

  it('a stream may hold comments, other events and notifications before the response, and go on after it', async () => {
    const found = await call((_req, res, { id }) => {
      sse(
        res,
        `: hi\n\nevent: ping\ndata: {}\n\ndata:\n\n${event({ jsonrpc: '2.0', method: 'notifications/x' })}`,
      );
      res.write(`data: ${result(id, DONE)}\n\n: and on\n\n`);
    });
    expect(found).toMatchObject(DONE);
  });

  it('an aborted call closes its connection', async () => {
    let gone: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const controller = new AbortController();
    handle = (_req, res) => {
      res.on('close', gone);
      sse(res, ':\n\n');
      controller.abort();
    };
    const client = createClient({ link: dial(url) });
    await expect(client.callTool('t', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await closed;
    await client.close();
  });

  it('whatever comes, a call ends in a result or in an error of ours', async () => {
    const type = fc.constantFrom(
      'application/json',
      'text/event-stream',
      'text/plain',
      'application/json; charset=x',
      '',
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(`data: ${text}\n\n`)),
      fc.json().map((text) => Buffer.from(`{"jsonrpc":"2.0","id":1,"result":${text}}`)),
      fc.json().map((text) => Buffer.from(`{"jsonrpc":"2.0","id":1,"error":${text}}`)),
    );
    const status = fc.constantFrom(200, 201, 202, 204, 301, 400, 401, 403, 404, 405, 410, 429, 500, 503);
    await fc.assert(
      fc.asyncProperty(status, type, body, async (code, contentType, bytes) => {
        const found = await call((_req, res) => {
          res.writeHead(code, contentType === '' ? {} : { 'content-type': contentType });
          res.end(code === 204 ? undefined : bytes);
        });
        const isOurs = found instanceof ClientError || found instanceof ProtocolError;
        if (!isOurs) expect(found).toMatchObject({ content: expect.any(Array) });
      }),
      { numRuns: 60 },
    );
  });
});

it('of a body no more is held than its bytes, however it is cut', async () => {
  let held = 0;
  const fetch = async (request: Request): Promise<Response> => {
    const { id } = (await request.json()) as { readonly id: number };
    const bytes = new TextEncoder().encode(result(id, { ...DONE, x: 'x'.repeat(2000) }));
    let at = 0;
    const before = memoryInUse();
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      if (at === bytes.length) {
        held = memoryInUse() - before;
        controller.close();
        return;
      }
      // A piece pins the memory that it is a view into.
      const chunk = new Uint8Array(65_536).subarray(0, 1);
      chunk.set(bytes.subarray(at, ++at));
      controller.enqueue(chunk);
    };
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  };
  const client = createClient({ link: fetchLink({ url, fetch }) });
  expect(await client.callTool('t')).toMatchObject(DONE);
  expect(held).toBeLessThan(16_000_000);
});

it('a server that is not there may be tried again, and nothing has run', async () => {
  const client = createClient({
    link: undiciLink({ url: 'http://127.0.0.1:1/mcp' }),
    timeouts: { retries: 0 },
  });
  await expect(client.callTool('t')).rejects.toMatchObject({ code: 'network', mayHaveRun: false });
  await client.close();
});

it('a URL with credentials, or of another kind, is refused', () => {
  for (const bad of ['http://ann:secret@host/mcp', 'file:///etc/passwd', 'ftp://host/']) {
    expect(() => fetchLink({ url: bad })).toThrow(TypeError);
    expect(() => undiciLink({ url: bad })).toThrow(TypeError);
  }
  expect(() => createClient({})).toThrow(TypeError);
});

const DONE = { content: [{ type: 'text', text: 'done' }] };
const MODERN = { supportedVersions: ['2026-07-28'], capabilities: {}, ttlMs: 0, cacheScope: 'private' };
const HTML = { 'content-type': 'text/html' };

/** What cannot be let go of, in bytes. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function json(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

function result(id: unknown, body: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...body } });
}

function event(message: object): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function sse(res: ServerResponse, text: string, written?: () => void): ServerResponse {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.write(text, written);
  return res;
}
