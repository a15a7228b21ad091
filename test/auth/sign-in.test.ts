import {
  type AuthNotice,
  authLink,
  createAuthorizer,
  type DevicePrompt,
  deviceCode,
  type Fetch,
  memoryCredentialStore,
} from '@switchyard/auth/client';
import { createClient, inProcessLink } from '@switchyard/client';
import { describe, expect, it } from 'vitest';
import { createWorld, type World } from './world.ts';

describe('a sign-in by browser', () => {
  it('happens when the server demands it, and only then', async () => {
    const world = await createWorld();
    const authorizer = createAuthorizer(world.options());
    expect(world.as.requests.size).toBe(0);
    const response = await world.call(authorizer);
    expect(await response.json()).toEqual({ subject: 'ann', scopes: ['mcp:read'] });
    expect(Object.fromEntries(world.visited[0]?.searchParams ?? [])).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: world.url,
      scope: 'mcp:read offline_access',
    });
    expect(world.as.tokenRequests[0]?.get('resource')).toBe(world.url);
    expect((await world.call(authorizer)).status).toBe(200);
    expect(world.visited).toHaveLength(1);
  });

  it('happens once for many calls at the same time', async () => {
    const world = await createWorld();
    const authorizer = createAuthorizer(world.options());
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.call(authorizer)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(world.visited).toHaveLength(1);
  });

  it('serves a call, too, whose refusal for want of a token comes only afterwards', async () => {
    const world = await createWorld();
    const authorizer = createAuthorizer(world.options());
    const request = { url: world.url, method: 'POST', headers: {} };
    const send = () => world.fetch(world.url, { method: 'POST', body: '{}' });
    const refusals = [await send(), await send()];
    const outcomes: string[] = [];
    for (const refusal of refusals) outcomes.push(await authorizer.challenged(refusal, request));
    expect(outcomes).toEqual(['retry', 'retry']);
    expect(world.visited).toHaveLength(1);
  });

  it('fails once for many calls when the user declines', async () => {
    const world = await createWorld();
    world.as.behaviour.account = undefined;
    const authorizer = createAuthorizer(world.options());
    const calls = Array.from({ length: 5 }, () => world.call(authorizer));
    for (const call of calls)
      await expect(call).rejects.toMatchObject({ code: 'denied', oauthError: 'access_denied' });
    expect(world.visited).toHaveLength(1);
  });

  it('is not needed by the next process, which finds identity and tokens in the store', async () => {
    const world = await createWorld();
    const store = memoryCredentialStore();
    await world.call(createAuthorizer(world.options({ store })));
    expect((await world.call(createAuthorizer(world.options({ store })))).status).toBe(200);
    expect(world.visited).toHaveLength(1);
    expect(world.as.requests.get('POST /reg')).toBe(1);
    const other = createAuthorizer(world.options({ store, account: 'other' }));
    expect((await world.call(other)).status).toBe(200);
    expect(world.visited).toHaveLength(2);
    expect(world.as.requests.get('POST /reg')).toBe(1);
  });

  it('is asked for more scopes when a tool needs them, and keeps the old ones', async () => {
    const world = await createWorld();
    const notices: AuthNotice[] = [];
    const authorizer = createAuthorizer(world.options({ onNotice: (notice) => notices.push(notice) }));
    await world.call(authorizer);
    const answers = await Promise.all(Array.from({ length: 5 }, () => world.call(authorizer, 'admin')));
    expect(await answers[4]?.json()).toMatchObject({
      scopes: ['mcp:read', 'mcp:write', 'mcp:admin'],
    });
    expect(world.visited).toHaveLength(2);
    expect(notices.filter(({ type }) => type === 'step-up')).toEqual([
      { type: 'step-up', operation: 'tools/call admin', scopes: ['mcp:read', 'mcp:write', 'mcp:admin'] },
    ]);
  });

  it('does not ask again for scopes that were asked for and not granted', async () => {
    const world = await createWorld({ resource: { scopes: { always: ['mcp:read', 'mcp:unknown'] } } });
    const authorizer = createAuthorizer(world.options());
    expect((await world.call(authorizer)).status).toBe(403);
    expect(world.visited).toHaveLength(1);
    expect((await world.call(authorizer)).status).toBe(403);
    expect(world.visited).toHaveLength(1);
  });

  it('is bound to a key, which proofs show, where that is asked for', async () => {
    const world = await createWorld({ dpopNonces: true, resource: { dpop: { required: true } } });
    const clock = { offset: 0 };
    const environment = { now: () => Date.now() + clock.offset, sleep: () => Promise.resolve() };
    const store = memoryCredentialStore();
    const options = world.options({ store, environment });
    expect((await world.call(createAuthorizer(options))).status).toBe(200);
    const again = createAuthorizer(options);
    const added = await again.authorize({ url: world.url, method: 'POST', headers: {} });
    expect(added).toMatchObject({ authorization: expect.stringMatching(/^DPoP /), dpop: expect.any(String) });
    expect((await world.call(again)).status).toBe(200);
    expect(world.visited).toHaveLength(1);
  });
});

describe('a sign-in on another device', () => {
  it('waits for the user, in the rhythm that the authorization server wants', async () => {
    const world = await createWorld();
    const slept: number[] = [];
    let code = '';
    const grant = deviceCode({
      registration: { client_name: 'Test' },
      show: ({ userCode, verificationUri }) => {
        code = userCode;
        expect(verificationUri).toBe(`${world.as.issuer}/device`);
      },
    });
    const environment = {
      now: Date.now,
      sleep: async (ms: number) => {
        slept.push(ms);
        if (slept.length === 3) await world.as.approveDevice(code);
      },
    };
    const authorizer = createAuthorizer(world.options({ grant, environment }));
    expect(await (await world.call(authorizer)).json()).toEqual({ subject: 'ann', scopes: ['mcp:read'] });
    expect(slept).toEqual([5_000, 5_000, 5_000]);
    expect(world.as.tokenRequests).toHaveLength(3);
    expect(world.visited).toHaveLength(0);
  });

  it.each<[object, number | undefined, readonly number[]]>([
    [{ interval: 0.001, expires_in: 3_000_000 }, 4_500, [1_000, 1_000, 1_000, 1_000, 500]],
    [{ interval: 3_000_000, expires_in: 3_000_000 }, undefined, [300_000]],
    [{ interval: 5, expires_in: 7 }, 60_000, [5_000, 2_000]],
  ])('has bounds, whatever the authorization server wants: %j', async (wanted, timeoutMs, expected) => {
    const { world, call, slept, prompts } = await byDevice({ wanted, timeoutMs });
    await expect(call()).rejects.toMatchObject({ code: 'expired' });
    expect(slept).toEqual(expected);
    expect(prompts[0]?.expiresInMs).toBe(expected.reduce((sum, ms) => sum + ms));
    expect(world.as.tokenRequests).toHaveLength(expected.length - 1);
  });

  it('has as long from the start, however long it takes to tell the user', async () => {
    const { call, slept, clock } = await byDevice({ show: () => (clock.offset += 299_000) });
    await expect(call()).rejects.toMatchObject({ code: 'expired' });
    expect(slept).toEqual([1_000]);
  });

  it('outlasts an authorization server that cannot answer for a while', async () => {
    const failures = [new Response(null, { status: 503 }), Response.json({ error: 'x' }, { status: 500 })];
    const { call, slept } = await byDevice({ failures, approveAt: 2 });
    expect((await call()).status).toBe(200);
    expect(slept).toEqual([5_000, 10_000, 15_000]);
  });

  it('does not hold up a call that is aborted, and goes on without it', async () => {
    const controller = new AbortController();
    let wake = (): void => undefined;
    const night = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const show = () => controller.abort();
    const { world, authorizer, call, prompts } = await byDevice({ show, night, approveAt: 1 });
    const link = inProcessLink(async ({ url, headers }) => {
      return world.fetch(url, { method: 'POST', headers, body: '{}' });
    }, world.url);
    const client = createClient({ link, links: [authLink(authorizer, world.url)] });
    const { signal } = controller;
    await expect(client.callTool('read', {}, { signal })).rejects.toMatchObject({ code: 'aborted' });
    wake();
    expect((await call()).status).toBe(200);
    expect(prompts).toHaveLength(1);
  });
});

it('goes nowhere but to the server with a token', async () => {
  const world = await createWorld();
  const authorizer = createAuthorizer(world.options());
  await world.call(authorizer);
  for (const url of [
    'http://127.0.0.1:7998/',
    'http://127.0.0.1:7998/mcpx',
    'http://127.0.0.1:7997/mcp',
    'https://127.0.0.1:7998/mcp',
    'not a url',
  ])
    expect(await authorizer.authorize({ url, method: 'POST', headers: {} })).toEqual({});
  const headers = new Headers({ 'www-authenticate': 'Bearer error="invalid_token"' });
  const elsewhere = { url: 'https://evil.example.com/mcp', method: 'POST', headers: {} };
  expect(await authorizer.challenged({ status: 401, headers }, elsewhere)).toBe('give-up');
});

// ---

interface ByDevice {
  /** What the authorization server says of the rhythm. */
  readonly wanted?: object | undefined;
  readonly timeoutMs?: number | undefined;
  /** Answers of the token endpoint before its own. */
  readonly failures?: Response[];
  /** With which sleep the user signs in. */
  readonly approveAt?: number;
  readonly show?: () => unknown;
  /** What every sleep waits for. */
  readonly night?: Promise<void>;
}

/** A sign-in on another device, whose sleeps take no time unless told otherwise. */
async function byDevice({ wanted, timeoutMs, failures = [], approveAt, show, night }: ByDevice) {
  const world = await createWorld();
  const slept: number[] = [];
  const prompts: DevicePrompt[] = [];
  const clock = { offset: 0 };
  const started = Date.now();
  const environment = {
    now: () => started + clock.offset,
    sleep: async (ms: number) => {
      slept.push(ms);
      await night;
      clock.offset += ms;
      if (slept.length === approveAt) await world.as.approveDevice(prompts[0]?.userCode ?? '');
    },
  };
  const grant = deviceCode({
    registration: { client_name: 'Test' },
    show: async (prompt) => {
      prompts.push(prompt);
      show?.();
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const fetch = deviceFetch(world, { wanted, failures });
  const authorizer = createAuthorizer(world.options({ grant, environment, fetch }));
  return { world, authorizer, slept, prompts, clock, call: () => world.call(authorizer) };
}

function deviceFetch({ as, fetch }: World, { wanted, failures = [] }: ByDevice): Fetch {
  return async (url, init) => {
    const failure = url === `${as.issuer}/token` ? failures.shift() : undefined;
    if (failure !== undefined) return failure;
    const response = await fetch(url, init);
    if (url !== `${as.issuer}/device/auth`) return response;
    return Response.json({ ...(await response.json()), ...wanted });
  };
}
