import {
  AuthError,
  type AuthorizerOptions,
  createAuthorizer,
  memoryCredentialStore,
  webSignIn,
} from '@switchyard/auth/client';
import { describe, expect, it } from 'vitest';
import { browse } from './authorization-server.mjs';
import { createWorld, REDIRECT_URI, type World, type WorldOptions } from './world.ts';

describe('a user of a web application', () => {
  it('is sent off by one instance and comes back to another', async () => {
    const { world, instance } = await setup();
    const page = await sentTo(world, instance('ann'));
    const callback = await browse(page, world.as.issuer);
    const other = instance('ann');
    await other.finish(callback);
    expect(await (await world.call(other)).json()).toEqual({ subject: 'ann', scopes: ['mcp:read'] });
    expect((await world.call(instance('ann'))).status).toBe(200);
    await expect(world.call(instance('bob'))).rejects.toMatchObject({ code: 'sign-in-required' });
  });

  it('is sent to one page by many calls at once', async () => {
    const { world, instance } = await setup();
    const authorizer = instance('ann');
    const pages = await Promise.all(Array.from({ length: 5 }, () => sentTo(world, authorizer)));
    expect(new Set(pages.map(String)).size).toBe(1);
  });

  it('is registered for by one of many who are sent off at once, and each comes back', async () => {
    const { world, instance } = await setup();
    const accounts = ['ann', 'bob', 'eve'];
    const pages = await Promise.all(accounts.map((account) => sentTo(world, instance(account))));
    expect(world.as.requests.get('POST /reg')).toBe(1);
    for (const [index, account] of accounts.entries()) {
      await instance(account).finish(await callbackOf(world, pages[index]));
      expect((await world.call(instance(account))).status).toBe(200);
    }
  });

  it('is one of 32 registrations at most that are kept', async () => {
    const { world, common } = await setup();
    const instances = Array.from({ length: 33 }, (_, index) => {
      const redirectUri = `http://127.0.0.1:${7_000 + index}/callback`;
      const grant = webSignIn({ registration: { client_name: 'Web' }, redirectUri });
      return createAuthorizer(world.options({ ...common, account: redirectUri, grant }));
    });
    const pages: URL[] = [];
    for (const each of instances) pages.push(await sentTo(world, each));
    const [oldest, second] = [await callbackOf(world, pages[0]), await callbackOf(world, pages[1])];
    await instances[1]?.finish(second);
    await expect(instances[0]?.finish(oldest)).rejects.toMatchObject({ code: 'authorization-response' });
  });

  it('may have several tabs open, and come back from any, once', async () => {
    const { world, instance } = await setup();
    const pages = [await sentTo(world, instance('ann')), await sentTo(world, instance('ann'))];
    const [first, second] = [await callbackOf(world, pages[0]), await callbackOf(world, pages[1])];
    await instance('ann').finish(second);
    await instance('ann').finish(first);
    for (const callback of [first, second])
      await expect(instance('ann').finish(callback)).rejects.toMatchObject({
        code: 'authorization-response',
      });
    expect(world.as.tokenRequests).toHaveLength(2);
  });

  it('comes back to a token that is bound to a key, where the server requires it', async () => {
    const { world, instance } = await setup({ resource: { dpop: { required: true } } });
    const callback = await callbackOf(world, await sentTo(world, instance('ann')));
    const other = instance('ann');
    await other.finish(callback);
    expect((await world.call(other)).status).toBe(200);
    expect((await world.call(instance('ann'))).status).toBe(200);
  });

  it('cannot be made to come back from the sign-in of somebody else', async () => {
    const { world, instance } = await setup();
    const callback = await callbackOf(world, await sentTo(world, instance('mallory')));
    await sentTo(world, instance('ann'));
    await expect(instance('ann').finish(callback)).rejects.toMatchObject({ code: 'authorization-response' });
    expect(world.as.tokenRequests).toHaveLength(0);
  });

  it.each<[string, (callback: URL) => void]>([
    ['from another issuer', (callback) => callback.searchParams.set('iss', 'https://evil.example.com')],
    ['without state', (callback) => callback.searchParams.delete('state')],
    ['with a state made up', (callback) => callback.searchParams.set('state', 'made-up')],
  ])('does not come back %s', async (_, change) => {
    const { world, instance } = await setup();
    const callback = await callbackOf(world, await sentTo(world, instance('ann')));
    change(callback);
    await expect(instance('ann').finish(callback)).rejects.toMatchObject({ code: 'authorization-response' });
    expect(world.as.tokenRequests).toHaveLength(0);
  });

  it('may take ten minutes', async () => {
    const { world, instance, clock } = await setup();
    const callback = await callbackOf(world, await sentTo(world, instance('ann')));
    clock.offset = 600_001;
    await expect(instance('ann').finish(callback)).rejects.toMatchObject({ code: 'authorization-response' });
  });
});

it('other grants have nobody come back in a request', async () => {
  const world = await createWorld();
  await expect(createAuthorizer(world.options()).finish(REDIRECT_URI)).rejects.toThrow(TypeError);
});

// ---

async function setup(options: WorldOptions = {}) {
  const world = await createWorld(options);
  const clock = { offset: 0 };
  const common: Partial<AuthorizerOptions> = {
    store: memoryCredentialStore(),
    environment: { now: () => Date.now() + clock.offset, sleep: () => Promise.resolve() },
    grant: webSignIn({ registration: { client_name: 'Web' }, redirectUri: REDIRECT_URI }),
  };
  const instance = (account: string) => createAuthorizer(world.options({ ...common, account }));
  return { world, clock, common, instance };
}

async function sentTo(world: World, authorizer: ReturnType<typeof createAuthorizer>): Promise<URL> {
  const error: unknown = await world.call(authorizer).catch((caught: unknown) => caught);
  if (!(error instanceof AuthError) || error.url === undefined) throw error;
  expect(error.code).toBe('sign-in-required');
  return error.url;
}

async function callbackOf(world: World, page: URL | undefined): Promise<URL> {
  if (page === undefined) throw new Error('no page');
  return browse(page, world.as.issuer);
}
