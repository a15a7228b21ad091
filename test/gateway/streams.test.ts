import { mintApiKey } from '@switchyard/gateway';
import { expect, it } from 'vitest';
import { listenAt } from '../../packages/gateway/test/federation.ts';
import { memberServer, serveMember } from '../../packages/gateway/test/members.ts';
import { startGateway } from '../../packages/gateway/test/support.ts';
import { startIssuer } from './issuer.ts';

const PUBLIC = 'https://mcp.example.com';
const LISTS = { toolsListChanged: true };
const MINUTE_MS = 60_000;

it.each([
  ['/mcp', 'for one that the gateway writes'],
  ['/servers/a/mcp', 'for one that listeners share'],
  ['/servers/b/mcp', 'for one that is passed on'],
])('a stream ends when the token that opened it does: %s, %s', async (path) => {
  let ahead = 0;
  const issuer = await startIssuer();
  const member = await serveMember(memberServer('a'));
  const servers = {
    a: { replicas: [member.url] },
    // Where canaries are, streams are the callers' own.
    b: { replicas: [member.url], canary: { replicas: [member.url], share: 1 } },
  };
  const { url, gateway } = await startGateway(
    {
      listen: { port: 0, publicUrl: PUBLIC },
      ...{ federation: {}, servers },
      identify: {
        issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }],
        clockTolerance: '5s',
      },
    },
    { clock: () => Date.now() + ahead },
  );
  const exp = Math.floor(Date.now() / 1000) + 60;
  const authorization = `Bearer ${await issuer.sign({ aud: PUBLIC + path, exp })}`;
  const stream = await listenAt(url, LISTS, { path, headers: { authorization } });
  expect((await stream.next()).method).toBe('notifications/subscriptions/acknowledged');
  ahead = MINUTE_MS + 2000;
  await expect(stream.next(1500)).rejects.toThrow('nothing came');
  expect(gateway.stats().inFlight).toBe(1);
  ahead = 2 * MINUTE_MS;
  if (path !== '/servers/b/mcp')
    expect((await stream.next()).result).toMatchObject({ resultType: 'complete' });
  await expect(stream.next()).rejects.toThrow('the stream has ended');
});

it('a stream ends when the API key that opened it does, and not for a key without an end', async () => {
  let time = Date.parse('2026-12-31T23:59:00Z');
  const member = await serveMember(memberServer('a'));
  const [ending, lasting] = [mintApiKey({ name: 'e', expires: '2027-01-01' }), mintApiKey({ name: 'l' })];
  const { url } = await startGateway(
    {
      servers: { a: { path: '/mcp', replicas: [member.url] } },
      identify: { keys: [ending.entry, lasting.entry] },
    },
    { clock: () => time },
  );
  const [one, other] = await Promise.all(
    [ending, lasting].map(({ key }) => listenAt(url, LISTS, { headers: { 'x-api-key': key } })),
  );
  for (const stream of [one, other]) await stream?.next();
  time += 2 * MINUTE_MS;
  expect((await one?.next())?.result).toMatchObject({ resultType: 'complete' });
  await expect(other?.next(1500)).rejects.toThrow('nothing came');
});
