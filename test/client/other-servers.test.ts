import type { Client } from '@switchyard/client';
import { createClient, inProcessLink } from '@switchyard/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { OTHER_SERVERS } from '../support/other-servers.ts';
import { installPeers } from '../support/peers.ts';

beforeAll(() => installPeers(), 300_000);

async function expectToBeCalled(client: Client): Promise<void> {
  expect((await client.discover()).supportedVersions).toContain('2026-07-28');
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add']);
  expect((await client.callTool('add', { a: 1, b: 2 })).structuredContent).toEqual({ sum: 3 });
  const many = await Promise.all(Array.from({ length: 20 }, (_, b) => client.callTool('add', { a: b, b })));
  expect(many.map(({ structuredContent }) => structuredContent)).toEqual(
    many.map((_, b) => ({ sum: 2 * b })),
  );
  await client.close();
}

describe('servers that others wrote', () => {
  it.each(['tmcp', 'mcp-handler'])('%s is called', async (name) => {
    const make = OTHER_SERVERS[name];
    if (make === undefined) throw new Error(`There is no ${name}.`);
    await expectToBeCalled(createClient({ link: inProcessLink(await make()) }));
  });
});
