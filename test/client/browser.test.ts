import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createResourceVerifier } from '@switchyard/auth/resource';
import type { Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { toNodeHandler } from '@switchyard/server/node';
import { memoryTaskStore, runsAsTask, tasks } from '@switchyard/tasks';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startAuthorizationServer } from '../auth/authorization-server.mjs';
import { launchBrowser } from '../support/browser.ts';
import { root } from '../support/peers.ts';
import { build as buildCases } from './runtimes-cases.mjs';

/** What the bundle puts into the page. */
declare const cases: (url: string) => Promise<unknown>;
declare const call: (url: string, name: string, args?: object) => Promise<string>;
declare const leave: (url: string) => Promise<string>;
declare const task: (url: string) => Promise<{ text: string; states: string[] }>;
declare const codeOf: (url: string) => Promise<string>;
declare const retryAfter: (url: string) => Promise<unknown>;
declare const storeContract: () => Promise<unknown>;
declare const visit: (url: string, dpop: boolean) => Promise<{ said?: string; goTo?: string }>;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** The application's own origin: a page with the bundle in it. */
const application = createHttpServer();
/** Another origin: the servers, each at a path of its own. */
const servers = createHttpServer();
const handlers = new Map<string, Handle>();
const left = { count: 0 };
let launched: Browser | string;
let origin: string;
let far: string;
let page: Page;

beforeAll(async () => {
  const bundle = await bundled();
  origin = await listen(application);
  far = await listen(servers);
  launched = await launchBrowser();
  const cases = buildCases({ allowedOrigins: [origin] });
  application.on('request', (request, response) => {
    if (request.url === '/change') cases.registerTool('late', {}, () => 'late');
    const isBundle = request.url === '/bundle.js';
    response.setHeader('content-type', isBundle ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isBundle ? bundle : '<!doctype html><title>app</title><script src="/bundle.js"></script>');
  });
  servers.on('request', (request, response) => handlers.get(request.url ?? '')?.(request, response));
  handlers.set('/cases', toNodeHandler(cases));
  handlers.set('/mcp', toNodeHandler(tools({ allowedOrigins: [origin] })));
  handlers.set('/closed', toNodeHandler(tools({})));
  const stopped = tools({ allowedOrigins: [origin] });
  await stopped.ready();
  await stopped.close();
  handlers.set('/stopped', toNodeHandler(stopped));
  handlers.set('/moved', ({ method }, response) => {
    const open = { 'access-control-allow-origin': origin, 'access-control-allow-headers': ALL_HEADERS };
    if (method === 'OPTIONS') response.writeHead(204, open).end();
    else response.writeHead(307, { ...open, location: '/mcp' }).end();
  });
}, 300_000);

beforeEach(async ({ skip }) => {
  if (typeof launched === 'string') return skip(launched);
  await page?.context().close();
  page = await (await launched.newContext()).newPage();
  await page.goto(origin);
});

afterAll(async () => {
  if (typeof launched !== 'string') await launched?.close();
  for (const http of [application, servers]) {
    http.closeAllConnections();
    http.close();
  }
});

it('the client does the same in a page of another origin as on every runtime', async () => {
  expect(await page.evaluate((url) => cases(url), `${far}/cases`)).toEqual({
    list: 3,
    add: 3,
    greet: 'Hello, Ann!',
    progress: [1, 2, 3],
    listen: 'open',
    event: 'toolsListChanged',
    again: 4,
    error: -32602,
    aborted: 'aborted',
  });
});

it('arguments are repeated in headers that the preflight lets through', async () => {
  const said = page.evaluate((url) => call(url, 'where', { region: 'Zürich' }), `${far}/mcp`);
  expect(await said).toBe('Zürich');
});

it('a call that is given up ends at the server', async () => {
  expect(await page.evaluate((url) => leave(url), `${far}/mcp`)).toBe('aborted');
  await expect.poll(() => left.count).toBe(1);
});

it('a call that becomes a task is followed, and its question answered', async () => {
  const { text, states } = await page.evaluate((url) => task(url), `${far}/mcp`);
  expect([text, states[0], states.at(-1)]).toEqual(['slow for Ann', 'working', 'completed']);
});

it('a page that the server does not know learns nothing', async () => {
  expect(await page.evaluate((url) => codeOf(url), `${far}/closed`)).toBe('network');
});

it('a redirect is not followed', async () => {
  expect(await page.evaluate((url) => codeOf(url), `${far}/moved`)).toBe('http-status');
});

it('a refusal can be read, and for how long to wait', async () => {
  expect(await page.evaluate((url) => retryAfter(url), `${far}/stopped`)).toMatchObject({
    status: 503,
    retryAfterMs: 1000,
  });
});

it('a store in the tab keeps the contract of credential stores', async () => {
  expect(await page.evaluate(() => storeContract())).toEqual({ count: 8, failed: [] });
});

it.each([
  ['bearer tokens', false],
  ['tokens bound to a key', true],
])('a user signs in, comes back, and is known, with %s', { timeout: 30_000 }, async (_, dpop) => {
  const as = await startAuthorizationServer({
    clients: [
      {
        client_id: 'page',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${origin}/callback`],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    configuration: { clientBasedCORS: () => true },
  });
  try {
    const url = protectedServer(as.issuer, dpop);
    const first = await page.evaluate(([to, bound]) => visit(to, bound), [url, dpop] as const);
    await page.goto(first.goTo ?? '');
    await page.waitForURL(`${origin}/callback?*`);
    const second = await page.evaluate(([to, bound]) => visit(to, bound), [url, dpop] as const);
    expect(second).toEqual({ said: 'ann' });
    await page.goto(origin);
    const third = await page.evaluate(([to, bound]) => visit(to, bound), [url, dpop] as const);
    expect(third).toEqual({ said: 'ann' });
    expect(as.tokenRequests).toHaveLength(1);
  } finally {
    await as.close();
  }
});

// ---------------------------------------------------------------------------------------------------------------------

const ALL_HEADERS = 'content-type, mcp-method, mcp-protocol-version, mcp-name';

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'test/client/browser-main.mjs')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    conditions: ['@switchyard/source'],
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

function listen(http: HttpServer): Promise<string> {
  return new Promise((resolve) => {
    // A server that listens on TCP has an address of this kind.
    http.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`));
  });
}

function tools(options: ServerOptions): Server {
  const server = createServer({ name: 'far', version: '1.0.0' }, { onWarning: () => undefined, ...options });
  const properties = { region: { type: 'string', 'x-mcp-header': 'Region' } };
  server.registerTool('where', { inputSchema: { type: 'object', properties } }, (args) =>
    String(Object(args).region),
  );
  server.registerExtension(tasks({ store: memoryTaskStore() }));
  server.registerTool('slow', runsAsTask({ pollIntervalMs: 100 }), async (ctx) => {
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } };
    const answer = await ctx.elicit({ message: 'For whom?', requestedSchema });
    return `slow for ${answer.action === 'accept' ? Object(answer.content).name : 'nobody'}`;
  });
  server.registerTool('wait', {}, async (ctx) => {
    ctx.progress(1, 2);
    await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
    left.count += 1;
    return 'too late';
  });
  return server;
}

/** A server that wants tokens of this issuer, with its metadata where clients look for them. */
function protectedServer(issuer: string, dpop: boolean): string {
  const url = `${far}/protected`;
  const verifier = createResourceVerifier({
    resource: url,
    issuers: [{ issuer }],
    scopes: { always: ['mcp:read'] },
    ...(dpop ? { dpop: { required: true } } : {}),
  });
  const server = createServer(
    { name: 'protected', version: '1.0.0' },
    { authenticate: verifier.authenticate, allowedOrigins: [origin] },
  );
  server.registerTool('who', {}, ({ principal }) => principal.subject);
  handlers.set('/protected', toNodeHandler(server));
  handlers.set(new URL(verifier.metadataUrl).pathname, (request, response) => {
    const asked = new Request(verifier.metadataUrl, { method: request.method ?? 'GET' });
    const answer = verifier.handleMetadata(asked);
    response.writeHead(answer?.status ?? 404, Object.fromEntries(answer?.headers ?? []));
    void answer?.text().then((text) => response.end(text));
  });
  return url;
}
