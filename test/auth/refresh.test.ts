import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AuthError,
  type AuthNotice,
  type Authorizer,
  type AuthorizerOptions,
  authorizationCode,
  type CredentialStore,
  createAuthorizer,
  type Fetch,
  memoryCredentialStore,
  webSignIn,
} from '@switchyard/auth/client';
import { fileCredentialStore } from '@switchyard/auth/client/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { browse } from './authorization-server.mjs';
import { ISSUER, type Play, play, REQUEST } from './play.ts';
import { createReceiver, createWorld, REDIRECT_URI, type World } from './world.ts';

const HOUR = 3_600_000;

describe('an expired token', () => {
  it('is refreshed once for fifty calls at the same time, with no sign-in and no token lost', async () => {
    const { world, authorizer, clock } = await signedIn();
    clock.offset = HOUR;
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.call(authorizer)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(refreshes(world)).toBe(1);
    expect(world.visited).toHaveLength(1);
    // The rotated refresh token was kept: it does once more.
    clock.offset = 2 * HOUR;
    expect((await world.call(authorizer)).status).toBe(200);
    expect(refreshes(world)).toBe(2);
    expect(world.visited).toHaveLength(1);
  });

  it('is refreshed once by several authorizers on one store', async () => {
    const { world, options, clock } = await signedIn();
    clock.offset = HOUR;
    const authorizers = Array.from({ length: 10 }, () => createAuthorizer(options));
    const answers = await Promise.all(authorizers.map((authorizer) => world.call(authorizer)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(refreshes(world)).toBe(1);
    expect(world.visited).toHaveLength(1);
  });

  it('is refreshed once by several processes on one file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-refresh-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'credentials.json');
    const { world, options, clock } = await signedIn({}, fileCredentialStore({ path: file }));
    clock.offset = HOUR;
    const processes = Array.from({ length: 5 }, () =>
      createAuthorizer({ ...options, store: fileCredentialStore({ path: file }) }),
    );
    const answers = await Promise.all(processes.map((authorizer) => world.call(authorizer)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(refreshes(world)).toBe(1);
    expect(world.visited).toHaveLength(1);
  });

  it('that lived for a few seconds only was of use meanwhile', async () => {
    const world = await createWorld();
    world.as.behaviour.accessTokenSeconds = 4;
    const clock = { offset: 0 };
    const started = Date.now();
    const environment = { now: () => started + clock.offset, sleep: () => Promise.resolve() };
    const authorizer = createAuthorizer(world.options({ environment }));
    for (let calls = 0; calls < 3; calls += 1) expect((await world.call(authorizer)).status).toBe(200);
    expect([world.visited.length, refreshes(world)]).toEqual([1, 0]);
    clock.offset = 2_001;
    expect((await world.call(authorizer)).status).toBe(200);
    expect([world.visited.length, refreshes(world)]).toEqual([1, 1]);
  });

  it('is refreshed although the store fails, and nothing is lost once it works again', async () => {
    const { world, store, options, clock } = await signedIn();
    const broken = { on: false };
    const failing: CredentialStore = {
      ...store,
      write: (key, value) =>
        broken.on ? Promise.reject(new Error('the disk is full')) : store.write(key, value),
    };
    const authorizer = createAuthorizer({ ...options, store: failing });
    expect((await world.call(authorizer)).status).toBe(200);
    broken.on = true;
    clock.offset = HOUR;
    await expect(world.call(authorizer)).rejects.toThrow('the disk is full');
    expect((await world.call(authorizer)).status).toBe(200);
    broken.on = false;
    clock.offset = 2 * HOUR;
    expect((await world.call(authorizer)).status).toBe(200);
    expect([refreshes(world), world.visited.length]).toEqual([2, 1]);
    expect((await world.call(createAuthorizer(options))).status).toBe(200);
    expect(world.visited).toHaveLength(1);
  });

  it('is refreshed once when the server finds out first', async () => {
    const { world, authorizer, clock } = await signedIn();
    world.refused.add(await tokenOf(authorizer, world));
    clock.offset = 61_000;
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.call(authorizer)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(refreshes(world)).toBe(1);
    expect(world.visited).toHaveLength(1);
  });

  it('is refreshed once by calls that want it for different reasons, on a store that gives no turns', async () => {
    const { read, write, remove } = memoryCredentialStore();
    const { world, authorizer, clock } = await signedIn({}, { read, write, remove });
    const { url } = world;
    const request = {
      url,
      method: 'POST',
      headers: await authorizer.authorize({ url, method: 'POST', headers: {} }),
    };
    clock.offset = HOUR;
    const refused = (challenge: string) =>
      authorizer.challenged(
        { status: 401, headers: new Headers({ 'www-authenticate': challenge }) },
        request,
      );
    const outcomes = await Promise.all([
      refused('Bearer error="invalid_token"'),
      refused('Bearer error="invalid_token", scope="mcp:read"'),
      world.call(authorizer).then(({ status }) => status),
    ]);
    expect(outcomes).toEqual(['retry', 'retry', 200]);
    expect([refreshes(world), world.visited.length]).toEqual([1, 1]);
  });

  it('is given up when the server refuses one that was granted just now', async () => {
    const { world, authorizer } = await signedIn();
    world.refused.add(await tokenOf(authorizer, world));
    expect((await world.call(authorizer)).status).toBe(401);
    expect(refreshes(world)).toBe(0);
    expect(world.visited).toHaveLength(1);
  });

  it('is kept, with its refresh token, while the authorization server cannot be reached', async () => {
    const { world, options, clock } = await signedIn();
    clock.offset = HOUR;
    let down = true;
    const authorizer = createAuthorizer({
      ...options,
      fetch: (url, init) => {
        if (down && url.startsWith(world.as.issuer)) return Promise.reject(new TypeError('fetch failed'));
        return world.fetch(url, init);
      },
    });
    const calls = Array.from({ length: 5 }, () => world.call(authorizer));
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'unreachable' });
    down = false;
    expect((await world.call(authorizer)).status).toBe(200);
    expect(world.visited).toHaveLength(1);
  });

  it('is refreshed by the client that it was issued to, whoever has registered since', async () => {
    const { world, authorizer, options, clock } = await signedIn();
    const receiver = createReceiver('http://127.0.0.1:7997/callback');
    const grant = authorizationCode({
      registration: { client_name: 'Test' },
      receiver,
      openBrowser: async (page) => receiver.arrive(await browse(page, world.as.issuer)),
    });
    const other = createAuthorizer({ ...options, account: 'other', grant });
    expect((await world.call(other)).status).toBe(200);
    clock.offset = HOUR;
    for (const each of [authorizer, other]) expect((await world.call(each)).status).toBe(200);
    expect([refreshes(world), world.visited.length, world.as.requests.get('POST /reg')]).toEqual([2, 1, 2]);
  });

  it('leads to a sign-in when the refresh token has been revoked', async () => {
    const { world, options, clock, notices, store } = await signedIn();
    const entries = await store.read(tokenKeyOf(world));
    const kept = JSON.parse(entries ?? '{}');
    await store.write(tokenKeyOf(world), JSON.stringify({ ...kept, refreshToken: 'revoked' }));
    clock.offset = HOUR;
    const authorizer = createAuthorizer(options);
    expect((await world.call(authorizer)).status).toBe(200);
    expect(world.visited).toHaveLength(2);
    expect(notices.map(({ type }) => type)).toEqual(['granted', 'refresh-refused', 'granted']);
  });
});

describe('a client that its authorization server does not know any more', () => {
  it.each<[string, Record<string, string>]>([
    ['in the body of its answer', {}],
    ['with a challenge beside it', { 'www-authenticate': 'Basic realm="as", error="invalid_client"' }],
  ])('registers anew, where the refresh is refused %s', async (_, headers) => {
    const state = { offset: 0, known: true };
    const { outcome, authorizer, registrations, visited } = play({
      ...REGISTERING,
      token: () => ({ expires_in: 60, refresh_token: 'again' }),
      respond: (url) =>
        state.known || !url.endsWith('/token')
          ? undefined
          : Response.json({ error: 'invalid_client' }, { status: 401, headers }),
      options: { environment: environmentOf(state) },
    });
    await outcome();
    state.offset = HOUR;
    state.known = false;
    expect(await authorizer.authorize(REQUEST)).toEqual({});
    state.known = true;
    expect(await outcome()).toBe('retry');
    expect(registrations).toHaveLength(2);
    expect(visited.map((page) => page.searchParams.get('client_id'))).toEqual(['client-1', 'client-2']);
  });
});

describe('metadata that only a challenge leads to', () => {
  const METADATA = 'https://mcp.example.com/metadata';
  const PLACE: Play = {
    metadata: METADATA,
    metadataAt: METADATA,
    token: () => ({ expires_in: 60, refresh_token: 'again' }),
  };

  it('are found again when the token has expired, time after time', async () => {
    const clock = { offset: 0 };
    const { outcome, authorizer, visited } = play({
      ...PLACE,
      options: { environment: environmentOf(clock) },
    });
    await outcome();
    for (const times of [1, 2]) {
      clock.offset = times * HOUR;
      expect(await authorizer.authorize(REQUEST)).toEqual({ authorization: `Bearer token-${times + 1}` });
    }
    expect(visited).toHaveLength(1);
  });

  it('are found again for a user who came back in another request', async () => {
    const clock = { offset: 0 };
    const grant = webSignIn({ preRegistered: [{ clientId: 'app' }], redirectUri: REDIRECT_URI });
    const environment = environmentOf(clock);
    const { outcome, authorizer } = play({ ...PLACE, options: { grant, environment } });
    const error: unknown = await outcome().catch((caught: unknown) => caught);
    const state = error instanceof AuthError ? (error.url?.searchParams.get('state') ?? '') : '';
    await authorizer.finish(`${REDIRECT_URI}?${new URLSearchParams({ code: 'code', state })}`);
    clock.offset = HOUR;
    expect(await authorizer.authorize(REQUEST)).toEqual({ authorization: 'Bearer token-2' });
  });

  it('may move, and the next challenge tells where to, without another sign-in', async () => {
    const clock = { offset: 0 };
    const { outcome, authorizer, documents, visited } = play({
      ...PLACE,
      options: { environment: environmentOf(clock) },
    });
    await outcome();
    clock.offset = HOUR;
    const moved = 'https://mcp.example.com/moved';
    documents.set(moved, documents.get(METADATA) ?? {});
    documents.delete(METADATA);
    expect(await authorizer.authorize(REQUEST)).toEqual({});
    const headers = new Headers({ 'www-authenticate': `Bearer resource_metadata="${moved}"` });
    expect(await authorizer.challenged({ status: 401, headers }, REQUEST)).toBe('retry');
    expect(await authorizer.authorize(REQUEST)).toEqual({ authorization: 'Bearer token-2' });
    expect(visited).toHaveLength(1);
  });
});

describe('tokens that are forgotten', () => {
  it.each(['by itself', 'by another on the same store'])(
    'stay so, %s, although a refresh is under way',
    async (by) => {
      const { world, options, clock, store } = await signedIn();
      const held = holdTokens(world);
      const authorizer = createAuthorizer({ ...options, fetch: held.fetch });
      clock.offset = HOUR;
      const call = world.call(authorizer);
      await held.asked;
      await (by === 'by itself' ? authorizer : createAuthorizer(options)).forget();
      held.letThrough();
      await expect(call).rejects.toMatchObject({ code: 'denied' });
      expect(await store.read(tokenKeyOf(world))).toBeUndefined();
      const request = { url: world.url, method: 'POST', headers: {} };
      expect(await authorizer.authorize(request)).toEqual({});
    },
  );

  it('stay so although a sign-in is under way, which another one follows', async () => {
    const world = await createWorld();
    const store = memoryCredentialStore();
    const held = holdTokens(world);
    const authorizer = createAuthorizer(world.options({ store, fetch: held.fetch }));
    const call = world.call(authorizer);
    await held.asked;
    await authorizer.forget();
    const next = world.call(authorizer);
    held.letThrough();
    await expect(call).rejects.toMatchObject({ code: 'denied' });
    expect((await next).status).toBe(200);
    expect(world.visited).toHaveLength(2);
  });
});

describe('the context', () => {
  it('stays through refreshes and changes with sign-ins', async () => {
    const { world, authorizer, clock } = await signedIn();
    const context = authorizer.context();
    clock.offset = HOUR;
    await world.call(authorizer);
    expect(authorizer.context()).toBe(context);
    await authorizer.forget();
    const nobody = authorizer.context();
    await world.call(authorizer);
    expect(new Set([context, nobody, authorizer.context()]).size).toBe(3);
  });

  it('is never again that of calls which began before the tokens were known, once those are gone', async () => {
    const { world, options, clock } = await signedIn();
    const [first, second] = [createAuthorizer(options), createAuthorizer(options)];
    const before = [first.context(), second.context()];
    expect((await world.call(first)).status).toBe(200);
    expect((await world.call(second)).status).toBe(200);
    await first.forget();
    // The other one finds out when it reads the store.
    clock.offset = HOUR;
    const request = { url: world.url, method: 'POST', headers: {} };
    expect(await second.authorize(request)).toEqual({});
    const after = [first.context(), second.context()];
    expect(new Set([...before, ...after]).size).toBe(4);
  });

  it("is nobody else's before the sign-in", async () => {
    const world = await createWorld();
    const contexts = Array.from({ length: 3 }, () => createAuthorizer(world.options()).context());
    expect(new Set(contexts).size).toBe(3);
  });
});

// ---

/** A client that registers itself where it signs in. */
const REGISTERING: Play = {
  as: { registration_endpoint: `${ISSUER}/register` },
  identity: { registration: { client_name: 'Test' } },
};

function environmentOf(clock: { readonly offset: number }) {
  return { now: () => Date.now() + clock.offset, sleep: () => Promise.resolve() };
}

async function signedIn(
  resource: { now?: () => number } = {},
  store: CredentialStore = memoryCredentialStore(),
) {
  const world = await createWorld({ resource });
  const clock = { offset: 0 };
  const notices: AuthNotice[] = [];
  const options: AuthorizerOptions = world.options({
    store,
    environment: environmentOf(clock),
    onNotice: (notice) => notices.push(notice),
  });
  const authorizer = createAuthorizer(options);
  expect((await world.call(authorizer)).status).toBe(200);
  return { world, authorizer, options, clock, notices, store };
}

/** A way to the authorization server on which token requests wait to be let through. */
function holdTokens({ as, fetch }: World) {
  let tell = (): void => undefined;
  let letThrough = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const free = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const holding: Fetch = async (url, init) => {
    if (url === `${as.issuer}/token`) {
      tell();
      await free;
    }
    return fetch(url, init);
  };
  return { asked, letThrough, fetch: holding };
}

async function tokenOf(authorizer: Authorizer, { url }: World): Promise<string> {
  const { authorization = '' } = await authorizer.authorize({ url, method: 'POST', headers: {} });
  return authorization.slice('Bearer '.length);
}

function refreshes({ as }: World): number {
  return as.tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token').length;
}

function tokenKeyOf({ url }: World): string {
  return `token:${JSON.stringify([url, ''])}`;
}
