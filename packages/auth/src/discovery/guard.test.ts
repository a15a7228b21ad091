import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKind, isLoopbackHost, isPrivateHost } from './addresses.ts';
import { createGuard } from './guard.ts';

const PRIVATE = [
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '[fe80::1]',
  '[fd12:3456::1]',
  '[::]',
  '[ff02::1]',
  '[::ffff:10.0.0.1]',
  '[64:ff9b::10.0.0.1]',
  // 169.254.169.254 behind a local translator with a prefix of 48 bits; the end is a decoy.
  '[64:ff9b:1:a9fe:a9:fe00:808:808]',
  '[2002:0a00:0001::]',
  '[2001:db8::1]',
];
const LOOPBACK = [
  '127.0.0.1',
  '127.1.2.3',
  'localhost',
  'a.localhost',
  'LOCALHOST.',
  '[::1]',
  '[::ffff:127.0.0.1]',
];
const PUBLIC = [
  '93.184.216.34',
  '172.32.0.1',
  '100.128.0.1',
  '[2606:2800:220:1::1]',
  'example.com',
  '1.example',
  '[::ffff:8.8.8.8]',
];

describe('hosts', () => {
  it.each(PRIVATE)('%s is private', (host) => {
    expect(isPrivateHost(new URL(`https://${host}/`).hostname)).toBe(true);
    expect(isLoopbackHost(new URL(`https://${host}/`).hostname)).toBe(false);
  });

  it.each(LOOPBACK)('%s is this machine', (host) => {
    expect(isLoopbackHost(new URL(`https://${host}/`).hostname)).toBe(true);
    expect(isPrivateHost(host)).toBe(true);
  });

  it.each(PUBLIC)('%s is public', (host) => {
    expect(isPrivateHost(new URL(`https://${host}/`).hostname)).toBe(false);
  });

  it('are judged alike however an address is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const hostname = new URL(`https://[${address}]/`).hostname;
        expect(isPrivateHost(address)).toBe(isPrivateHost(hostname));
        expect(isLoopbackHost(address)).toBe(isLoopbackHost(hostname));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPrivateHost(`::ffff:${address}`)).toBe(isPrivateHost(address));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the guard', () => {
  it.each<[string, string, boolean]>([
    ['https://mcp.example.com', 'https://auth.example.com/x', true],
    ['https://mcp.example.com', 'http://auth.example.com/x', false],
    ['https://mcp.example.com', 'https://127.0.0.1/x', false],
    ['https://mcp.example.com', 'https://10.0.0.1/x', false],
    ['https://10.0.0.7', 'https://10.0.0.1/x', true],
    ['https://10.0.0.7', 'http://10.0.0.1/x', false],
    ['https://10.0.0.7', 'https://127.0.0.1/x', false],
    ['https://10.0.0.7', 'https://0.0.0.0/x', false],
    ['https://10.0.0.7', 'https://[::]/x', false],
    ['https://10.0.0.7', 'https://[::ffff:0.0.0.0]/x', false],
    ['https://0.0.0.0', 'https://0.0.0.0/x', true],
    ['http://localhost:3000', 'https://0.0.0.0/x', true],
    ['http://localhost:3000', 'http://127.0.0.1:4000/x', true],
    ['http://localhost:3000', 'https://10.0.0.1/x', true],
    ['http://localhost:3000', 'http://10.0.0.1/x', false],
    ['http://localhost:3000', 'https://auth.example.com', true],
    ['https://mcp.example.com', 'https://idp.corp.example/x', true],
  ])('for a server at %s, %s may be dialled: %s', async (server, url, allowed) => {
    const guard = createGuard({ server: new URL(server), privateHosts: ['idp.corp.example'] });
    const outcome = await guard(new URL(url)).then(
      () => true,
      (error: { code: string }) => error.code !== 'forbidden-address',
    );
    expect(outcome).toBe(allowed);
  });

  it('lets no name of a server in a private network lead to this machine', async () => {
    const outcomes = ['127.0.0.1', '::1', '0.0.0.0', '::', '10.0.0.8'].map(async (address) => {
      const guard = createGuard({ server: new URL('https://10.0.0.7'), resolve: async () => [address] });
      return guard(new URL('https://auth.example.com/')).catch((error: { code: string }) => error.code);
    });
    const refused = 'forbidden-address';
    expect(await Promise.all(outcomes)).toEqual([
      refused,
      refused,
      refused,
      refused,
      { addresses: ['10.0.0.8'] },
    ]);
  });

  it('looks names up, except those of hosts that are listed', async () => {
    const asked: string[] = [];
    const guard = createGuard({
      server: new URL('https://mcp.example.com'),
      privateHosts: ['idp.corp.example'],
      resolve: async (host) => {
        asked.push(host);
        return ['::1'];
      },
    });
    await guard(new URL('https://idp.corp.example/'));
    await expect(guard(new URL('https://rebound.example.com/'))).rejects.toMatchObject({
      code: 'forbidden-address',
    });
    expect(asked).toEqual(['rebound.example.com']);
  });
});

describe('the kind of an address', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['[2606:2800:220:1::1]', 'public'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['100.64.0.1', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['169.254.169.254', 'special'],
    ['::ffff:169.254.169.254', 'special'],
    ['fe80::1%eth0', 'special'],
    ['0.0.0.0', 'special'],
    ['224.0.0.1', 'special'],
    ['2001:db8::1', 'special'],
    ['example.com', undefined],
  ])('of %s is %s', (address, kind) => expect(addressKind(address)).toBe(kind));
});
