import type { Exchange, Reply, Server } from '@switchyard/server';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkMessage } from '../support/checks.ts';
import { FakeEnvironment, until } from '../support/environment.ts';
import { CAPABLE, everything, goodHeaders, goodRequest, METHODS } from '../support/everything.ts';
import type { Message } from '../support/messages.ts';
import { requestOf } from '../support/messages.ts';
import { anything, mutated, ODD_KEYS } from '../support/mutation.ts';
import { stdioPeer } from '../support/stdio-peer.ts';

/** What may be answered, whatever is sent. */
const STATUSES = new Set([200, 202, 400, 403, 404, 405, 406, 413, 415]);
const CODES = new Set([-32700, -32600, -32601, -32602, -32020, -32021, -32022]);

const reported: unknown[] = [];
const environment = new FakeEnvironment();
let server: Server;

beforeAll(async () => {
  server = everything(environment, reported);
  await server.ready();
});

afterAll(() => server.close({ timeoutMs: 1 }));

/** An exchange that counts what comes back. */
class Counting implements Exchange {
  readonly transport = 'http';
  readonly verb = 'POST';
  readonly #headers: Readonly<Record<string, string>>;
  readonly replies: Reply[] = [];
  readonly sent: string[] = [];
  streams = 0;
  ended = 0;
  abandoned = 0;
  leave: () => void = () => undefined;

  constructor(headers: Readonly<Record<string, string>>) {
    this.#headers = { host: 'localhost', ...headers };
  }

  header(name: string): string | undefined {
    return Object.hasOwn(this.#headers, name) ? this.#headers[name] : undefined;
  }

  alsoSend(): void {}

  reply(reply: Reply): void {
    this.replies.push(reply);
  }

  stream() {
    this.streams += 1;
    const write = (json: string): boolean => this.ended === 0 && this.sent.push(json) > 0;
    return {
      keepsUp: true,
      send: write,
      keepAlive: () => undefined,
      end: (json?: string) => {
        if (json !== undefined) write(json);
        this.ended += 1;
      },
      abort: () => {
        this.ended += 1;
      },
    };
  }

  abandon(): void {
    this.abandoned += 1;
  }

  onDisconnect(callback: () => void): void {
    const before = this.leave;
    this.leave = () => {
      before();
      callback();
    };
  }
}

/** Sends a request with these headers and this body, and holds whatever comes back to the rules. */
async function hold(
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
  method = '',
): Promise<void> {
  const exchange = new Counting(headers);
  const { core } = server;
  const walk = await core.open(exchange);
  if (walk !== undefined) await core.serve(walk, body);
  exchange.leave();
  await until(() => core.runtime.inFlight.count === 0);
  expect(reported.splice(0), 'what only a fault of ours would report').toEqual([]);
  expect(core.runtime.hub.size).toBe(0);
  const { replies, streams, sent, ended } = exchange;
  expect(replies.length + streams).toBe(1);
  expect(streams === 0 || ended <= 1).toBe(true);
  for (const { status, json } of replies) {
    expect(STATUSES).toContain(status);
    const texts =
      json === undefined
        ? []
        : [typeof json === 'string' ? json : json.head + Buffer.from(json.bytes).toString()];
    check([...sent, ...texts], method);
  }
  check(sent, method);
}

function check(texts: readonly string[], method: string): void {
  for (const text of texts) {
    const message: Message = JSON.parse(text);
    checkMessage(message, method);
    if (message.error !== undefined) expect(CODES).toContain(message.error.code);
  }
}

const runs = { numRuns: 400 };

it('answers every good request, so that what follows shows something', async () => {
  for (const one of METHODS) {
    const message = goodRequest(one);
    await hold(goodHeaders(message), JSON.stringify(message), message.method);
  }
});

it('survives any bytes as a body [TRANS-001] [BASE-002]', async () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.json(),
  );
  await fc.assert(
    fc.asyncProperty(body, (bytes) => hold(goodHeaders(requestOf('tools/list')), bytes)),
    runs,
  );
});

it('survives any message that is nearly good', async () => {
  const message = fc.constantFrom(...METHODS).chain((one) => {
    const good = goodRequest(one);
    return mutated(good).chain((once) =>
      fc.oneof(fc.constant(once), mutated(once)).map((bad) => ({ good, bad })),
    );
  });
  await fc.assert(
    fc.asyncProperty(message, fc.boolean(), async ({ good, bad }, follow) => {
      const text = JSON.stringify(bad);
      const sent: Message = JSON.parse(text);
      const sound =
        typeof sent.method === 'string' && typeof sent.params === 'object' && sent.params !== null;
      const headers = goodHeaders(follow && sound ? sent : good);
      await hold(headers, text, sound ? sent.method : '');
    }),
    { numRuns: 1500 },
  );
});

it('survives any headers [HTTP-034] [HTTP-036]', async () => {
  const value = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.base64String({ maxLength: 60 }).map((text) => `=?base64?${text}?=`),
    fc.constantFrom(
      '2026-07-28',
      '2025-06-18',
      'null',
      '*/*',
      'application/json',
      'text/event-stream;q=0',
      '99999999999',
      '-1',
    ),
  );
  const name = fc.constantFrom(
    'accept',
    'content-type',
    'content-length',
    'host',
    'origin',
    'mcp-protocol-version',
    'mcp-method',
    'mcp-name',
    'mcp-param-region',
    'mcp-param-rows',
    'authorization',
    'last-event-id',
    'mcp-session-id',
  );
  const changes = fc.dictionary(name, value, { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...METHODS), changes, async (one, headers) => {
      const message = goodRequest(one);
      await hold({ ...goodHeaders(message), ...headers }, JSON.stringify(message), message.method);
    }),
    runs,
  );
});

it('survives any state and any answers [MRTR-005] [MRTR-015]', async () => {
  const state = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc
      .array(fc.base64String({ maxLength: 60 }), { minLength: 5, maxLength: 5 })
      .map((parts) => parts.join('.')),
  );
  const responses = fc.dictionary(fc.oneof(fc.constantFrom('elicitation-1', 'roots-1'), ODD_KEYS), anything);
  await fc.assert(
    fc.asyncProperty(state, responses, async (requestState, inputResponses) => {
      const params = { name: 'ask', inputResponses, requestState };
      const message = requestOf('tools/call', params, CAPABLE);
      await hold(goodHeaders(message), JSON.stringify(message), 'tools/call');
    }),
    runs,
  );
});

it('survives any cursor [PAGE-002] [PAGE-003]', async () => {
  const cursor = fc.oneof(fc.string(), fc.base64String(), anything);
  const list = fc.constantFrom('tools/list', 'prompts/list', 'resources/list', 'resources/templates/list');
  await fc.assert(
    fc.asyncProperty(list, cursor, async (method, value) => {
      const message = requestOf(method, { cursor: value });
      await hold(goodHeaders(message), JSON.stringify(message), method);
    }),
    runs,
  );
});

it('survives any lines, cut anywhere', async () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    fc
      .constantFrom(...METHODS)
      .chain((one) => mutated(goodRequest(one)).map((message) => JSON.stringify(message))),
    fc.constant('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.nat(200), async (lines, cut) => {
      const errors: [] = [];
      const own = everything(environment, reported);
      const peer = stdioPeer(own, { environment, errors, warnings: [], server: own, servers: [own] });
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      peer.write(bytes.subarray(0, cut));
      peer.write(bytes.subarray(cut));
      environment.advance(0);
      const ended = peer.end();
      environment.advance(5000);
      await ended;
      expect(reported.splice(0)).toEqual([]);
      expect(own.core.runtime.inFlight.count).toBe(0);
      check(peer.lines, '');
    }),
    { numRuns: 60 },
  );
});
