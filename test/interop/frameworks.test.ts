import type { Server as HttpServer, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@switchyard/server/node';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { installPeers, requirePeer } from '../support/peers.ts';
import { subject } from './subject.ts';

beforeAll(() => installPeers(), 300_000);

const open: HttpServer[] = [];
afterEach(() => {
  for (const http of open.splice(0)) http.close().closeAllConnections();
});

async function listen(http: HttpServer): Promise<string> {
  open.push(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
}

async function expectToServe(url: string): Promise<void> {
  const client = new Client(
    { name: 'official', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: {} } },
  );
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept',
    content: { name: 'Eve' },
  }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const sum = await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } });
  const seen: number[] = [];
  await client.callTool(
    { name: 'count', arguments: {} },
    { onprogress: ({ progress }) => void seen.push(progress) },
  );
  const greeting = await client.callTool({ name: 'greet', arguments: {} });
  await client.close();
  expect(sum.structuredContent).toEqual({ sum: 2 });
  expect(seen).toEqual([1, 2, 3]);
  expect(greeting.content).toEqual([{ type: 'text', text: 'Hello, Eve!' }]);
}

describe('inside a framework', () => {
  test('Express, with and without its JSON parser', async () => {
    const express = requirePeer('express') as (() => ExpressApp) & { json(): unknown };
    for (const parsed of [false, true]) {
      const app = express();
      if (parsed) app.use(express.json());
      app.all('/mcp', toNodeHandler(subject()));
      await expectToServe(await listen(createHttpServer(app)));
    }
  });

  test('Fastify, on its raw objects', async () => {
    const fastify = requirePeer('fastify') as () => FastifyApp;
    const app = fastify();
    const handler = toNodeHandler(subject());
    app.all('/mcp', (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw, request.body);
    });
    await app.ready();
    open.push(app.server);
    await app.listen({ port: 0, host: '127.0.0.1' });
    await expectToServe(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/mcp`);
  });

  test('Hono, by the fetch front', async () => {
    const { Hono } = requirePeer('hono') as { Hono: new () => HonoApp };
    const { getRequestListener } = requirePeer('@hono/node-server') as HonoNode;
    const server = subject();
    const app = new Hono();
    app.all('/mcp', (c) => server.fetch(c.req.raw));
    await expectToServe(await listen(createHttpServer(getRequestListener(app.fetch))));
  });
});

type ExpressApp = RequestListener & {
  use(middleware: unknown): void;
  all(path: string, handler: unknown): void;
};

interface FastifyApp {
  readonly server: HttpServer;
  all(
    path: string,
    handler: (request: FastifyRequest, reply: { raw: ServerResponse; hijack(): void }) => void,
  ): void;
  ready(): Promise<unknown>;
  listen(options: { port: number; host: string }): Promise<unknown>;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly body: unknown;
}

interface HonoNode {
  getRequestListener(fetch: unknown): RequestListener;
}

interface HonoApp {
  readonly fetch: unknown;
  all(path: string, handler: (c: { req: { raw: Request } }) => Promise<Response>): void;
}
