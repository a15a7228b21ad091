import type { Server, ServerOptions } from '@switchyard/server';
import { createServer, deny } from '@switchyard/server';
import { ERRORS } from '@switchyard/wire';
import { describe, expect, it } from 'vitest';
import { broken, ladder } from '../../scripts/reference/pages.mjs';
import type { RequestOptions } from '../support/messages.ts';
import { headersOf, META_CAPABILITIES, META_VERSION, requestOf } from '../support/messages.ts';

/** Makes one request be refused: the step that refuses it, and with what, as docs/reference/lifecycle.md has it. */
interface Case {
  readonly step: string;
  readonly refusal: string;
  readonly send: () => Promise<Response>;
}

const OTHER_VERSION = '2025-11-25';
const add = (options?: RequestOptions): Sent => ({
  method: 'tools/call',
  params: { name: 'add' },
  ...options,
});

const CASES: readonly Case[] = [
  refused('broken', '500 InternalError', add(), {}, breakDefinitions),
  refused('admit', '503 InternalError', add(), {}, (server) => server.close()),
  refused('verb', '405 InvalidRequest', { ...add(), verb: 'PUT' }),
  refused('mediaType', '415 InvalidRequest', add({ headers: { 'content-type': 'text/plain' } })),
  refused('mediaType', '406 InvalidRequest', add({ headers: { accept: 'text/html' } })),
  refused('size', '413 InvalidRequest', add(), { limits: { bodyBytes: 10 } }),
  refused('hostAndOrigin', '403 InvalidRequest', add({ headers: { host: 'evil.example' } })),
  refused('identify', '401 InvalidRequest', add(), { authenticate: () => undefined }),
  refused('identify', '403 InvalidRequest', add(), { authenticate: () => deny(403) }),
  refused('identify', '503 InternalError', add(), { authenticate: fail }),
  refused('parse', '400 ParseError', { ...add(), body: '{' }),
  refused('parse', '400 InvalidRequest', { ...add(), body: '[]' }),
  refused('handshake', '400 UnsupportedProtocolVersion', {
    method: 'initialize',
    params: { protocolVersion: OTHER_VERSION },
    meta: { [META_VERSION]: undefined },
    headers: { 'mcp-protocol-version': undefined },
  }),
  refused('headersAgree', '400 HeaderMismatch', add({ headers: { 'mcp-method': 'tools/list' } })),
  refused(
    'headersAgree',
    '400 UnsupportedProtocolVersion',
    add({ headers: { 'mcp-protocol-version': OTHER_VERSION }, meta: { [META_VERSION]: undefined } }),
  ),
  refused(
    'version',
    '400 UnsupportedProtocolVersion',
    add({ headers: { 'mcp-protocol-version': OTHER_VERSION }, meta: { [META_VERSION]: OTHER_VERSION } }),
  ),
  refused('envelope', '400 InvalidParams', add({ meta: { [META_CAPABILITIES]: undefined } })),
  refused('methodKnown', '404 MethodNotFound', { method: 'tools/sell' }),
  refused('capability', '400 MissingRequiredClientCapability', { method: 'example/run' }),
  refused('params', '200 InvalidParams', { method: 'tools/call', params: { name: 'subtract' } }),
  refused('params', '400 HeaderMismatch', {
    method: 'tools/call',
    params: { name: 'add', arguments: { shop: 'north' } },
  }),
  refused('params', '400 MissingRequiredClientCapability', {
    method: 'tools/call',
    params: { name: 'ask first' },
  }),
  refused('params', '406 InvalidRequest', {
    method: 'subscriptions/listen',
    params: { notifications: {} },
    headers: { accept: 'application/json' },
  }),
  refused('rate', '429 InternalError', add(), { rateLimit: { take: () => 1000 } }),
  refused('dispatch', '200 InternalError', { method: 'resources/read', params: { uri: 'test://fails' } }),
  refused('dispatch', '200 InvalidParams', {
    method: 'tools/call',
    params: { name: 'ask', requestState: 'forged' },
  }),
  refused('dispatch', '400 MissingRequiredClientCapability', {
    method: 'tools/call',
    params: { name: 'ask' },
  }),
  refused('encode', '200 InternalError', { method: 'tools/call', params: { name: 'strange' } }),
];

describe('the ladder', () => {
  it.each(CASES)('$step refuses with $refusal', async ({ refusal, send }) => {
    const response = await send();
    const answer: unknown = await response.json();
    expect(`${response.status} ${nameOf(answer)}`).toBe(refusal);
  });

  it('refuses with nothing that has not been seen here', () => {
    const documented = [broken(), ...ladder()].flatMap(({ name, rejections }) =>
      rejections.map(({ status, error }) => `${name}: ${status} ${error}`),
    );
    const seen = CASES.map(({ step, refusal }) => `${step}: ${refusal}`);
    expect(documented.toSorted()).toEqual(seen.toSorted());
  });
});

// ---

interface Sent extends RequestOptions {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly verb?: string;
  /** Sent instead of the request. */
  readonly body?: string;
}

function refused(
  step: string,
  refusal: string,
  ...[sent, options, before]: readonly [Sent, ServerOptions?, ((server: Server) => unknown)?]
): Case {
  const send = async (): Promise<Response> => {
    const server = build(options);
    await before?.(server);
    const message = requestOf(sent.method, sent.params, sent);
    const headers = new Headers({ host: '127.0.0.1' });
    for (const [name, value] of Object.entries(headersOf(message, sent))) headers.set(name, String(value));
    const body = sent.body ?? JSON.stringify(message);
    return server.fetch(new Request('http://127.0.0.1/mcp', { method: sent.verb ?? 'POST', headers, body }));
  };
  return { step, refusal, send };
}

function build(options: ServerOptions = {}): Server {
  const quiet = { onError: () => undefined, onWarning: () => undefined, telemetry: false };
  const server = createServer({ name: 'ladder', version: '1.0.0' }, { ...quiet, ...options });
  const inputSchema = {
    type: 'object',
    properties: { shop: { type: 'string', 'x-mcp-header': 'Shop' } },
  } as const;
  server.registerTool('add', { inputSchema }, () => 'Added.');
  server.registerTool('ask first', { requires: { elicitation: {} } }, () => 'Asked.');
  server.registerTool('ask', {}, async (ctx) => {
    await ctx.elicit({ message: 'Sure?', requestedSchema: { type: 'object', properties: {} } });
    return 'Sure.';
  });
  server.registerTool('strange', {}, () => ({ resultType: 'example', content: [] }));
  server.registerResource('fails', 'test://fails', {}, fail);
  server.registerExtension({ id: 'com.example/run', methods: { 'example/run': { handler: () => ({}) } } });
  return server;
}

/** A schema that leaves its document, where only compiling the definitions finds it. */
function breakDefinitions(server: Server): void {
  const params = { type: 'object', $ref: 'https://example.com/schema' } as const;
  server.registerExtension({
    id: 'com.example/broken',
    methods: { 'broken/run': { params, handler: () => ({}) } },
  });
}

function fail(): never {
  throw new Error('It fails.');
}

function nameOf(answer: unknown): string | undefined {
  // Every refusal is a JSON-RPC error.
  const { code } = (answer as { readonly error: { readonly code: number } }).error;
  return Object.values(ERRORS).find((info) => info.code === code)?.name;
}
