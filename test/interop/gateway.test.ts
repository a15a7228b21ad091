import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@switchyard/client';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { OTHER_SERVERS, type OtherServer } from '../support/other-servers.ts';
import { installPeers, peerFile } from '../support/peers.ts';
import { gatewayTo } from './subject.ts';

beforeAll(() => installPeers(), 300_000);

/** Serves a fetch handler over HTTP, as `@hono/node-server` does. */
async function listen(fetch: OtherServer): Promise<string> {
  const { getRequestListener } = (await import(peerFile('@hono/node-server/dist/index.mjs'))) as {
    getRequestListener(fetch: OtherServer): Parameters<typeof createServer>[1];
  };
  const server = createServer(getRequestListener(fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // A server that listens on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

describe('servers that others wrote, behind the gateway', () => {
  test.each(Object.keys(OTHER_SERVERS))('%s is discovered, listed and called', async (name) => {
    const make = OTHER_SERVERS[name];
    if (make === undefined) throw new Error(`There is no ${name}.`);
    const gateway = gatewayTo(await listen(await make()));
    onTestFinished(async () => void (await gateway.close({ timeoutMs: 100 })));
    const client = createClient({ url: `${(await gateway.listen()).url}/mcp` });
    onTestFinished(() => client.close());
    expect((await client.discover()).supportedVersions).toContain('2026-07-28');
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['add']);
    const many = await Promise.all(Array.from({ length: 20 }, (_, b) => client.callTool('add', { a: b, b })));
    expect(many.map(({ structuredContent }) => structuredContent)).toEqual(
      many.map((_, b) => ({ sum: 2 * b })),
    );
  });
});
