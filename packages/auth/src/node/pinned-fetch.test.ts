import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthError } from '../errors.ts';
import { fetchDocument, guardedFetch } from '../http.ts';
import { pinnedFetch } from './pinned-fetch.ts';

const hosts: (string | undefined)[] = [];
const http = createServer((request, response) => {
  hosts.push(request.headers.host);
  response.setHeader('content-type', 'application/json');
  if (request.url === '/moved') response.writeHead(302, { location: '/document' }).end();
  else response.end(JSON.stringify({ verb: request.method, url: request.url }));
});
let port: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this kind.
  port = (http.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => http.close(resolve)));

/** What a name was found to have when it was looked at. */
const here = { addresses: ['127.0.0.1'] };
/** This machine, too, but nobody listens there. */
const elsewhere = { addresses: ['127.0.0.2'] };

describe('a fetch that is pinned', () => {
  it('dials the addresses that were looked at, whatever the name means by now', async () => {
    const url = `http://rebound.invalid:${port}/document`;
    const response = await pinnedFetch(url, { method: 'POST', body: 'x', redirect: 'manual' }, here);
    expect(await response.json()).toEqual({ verb: 'POST', url: '/document' });
    expect(hosts.pop()).toBe(`rebound.invalid:${port}`);
    // The name leads to the server; the address that was looked at does not.
    const rebound = pinnedFetch(`http://localhost:${port}/document`, {}, elsewhere);
    await expect(rebound).rejects.toThrow();
    expect(hosts).toEqual([]);
  });

  it('dials nothing where nothing was found', async () => {
    await expect(pinnedFetch(`http://localhost:${port}/`, {}, { addresses: [] })).rejects.toThrow();
  });

  it('follows no redirect that it is told not to follow, and ends with its signal', async () => {
    const url = `http://rebound.invalid:${port}/moved`;
    const response = await pinnedFetch(url, { redirect: 'manual' }, here);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/document']);
    await response.body?.cancel();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(pinnedFetch(url, { signal }, here)).rejects.toThrow('enough');
  });

  it('goes where any fetch goes for a host that is an address', async () => {
    const response = await pinnedFetch(`http://127.0.0.1:${port}/document`, {});
    expect(response.status).toBe(200);
    await response.text();
  });

  it('serves documents and token requests through their guard', async () => {
    const guarded = { fetch: pinnedFetch, guard: async () => here };
    const url = new URL(`http://rebound.invalid:${port}/moved`);
    expect(await fetchDocument(url, guarded)).toEqual({ verb: 'GET', url: '/document' });
    const response = await guardedFetch(guarded)(`http://rebound.invalid:${port}/token`, { method: 'POST' });
    expect(await response.json()).toEqual({ verb: 'POST', url: '/token' });
  });

  it('fails as a server that cannot be reached', async () => {
    const guarded = { fetch: pinnedFetch, guard: async () => elsewhere };
    const lost = fetchDocument(new URL(`http://localhost:${port}/document`), guarded);
    await expect(lost).rejects.toBeInstanceOf(AuthError);
    await expect(lost).rejects.toMatchObject({ code: 'unreachable' });
  });
});
