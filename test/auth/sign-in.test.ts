import {
  type AuthNotice,
  createAuthorizer,
  deviceCode,
  memoryCredentialStore,
} from '@switchyard/auth/client';
import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

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
