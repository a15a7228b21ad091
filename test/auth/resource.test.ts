import { clientCredentials, createAuthorizer } from '@switchyard/auth/client';
import { createResourceVerifier } from '@switchyard/auth/resource';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWorld } from './world.ts';

const SECRET = 'a: secret & more';

describe('introspection', () => {
  it('accepts what the authorization server calls active, remembers it for a while, and notices a revocation then', async () => {
    const { world, token, verify, clock, revoke } = await opaque();
    expect(await verify(token)).toMatchObject({
      subject: 'bot',
      issuer: world.as.issuer,
      scopes: ['mcp:read'],
    });
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(questions(world)).toBe(1);
    await revoke();
    expect(await verify(token)).toHaveProperty('subject');
    clock.offset = 60_001;
    expect(await verify(token)).toMatchObject({ status: 401 });
    expect(questions(world)).toBe(2);
  });

  it('asks once about a token that many requests bring at once', async () => {
    const { world, token, verify } = await opaque();
    const found = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(found.every((each) => 'subject' in each)).toBe(true);
    expect(questions(world)).toBe(1);
  });

  it('refuses a token for another resource, and one that nobody issued', async () => {
    const { token, verify, world } = await opaque('https://other.example.com/mcp');
    expect(await verify(token)).toMatchObject({ status: 401 });
    expect(await verify('made-up')).toMatchObject({ status: 401 });
    expect(questions(world)).toBe(2);
  });

  it('cannot tell while the authorization server refuses to', async () => {
    const { token, verify } = await opaque(undefined, 'wrong secret');
    await expect(verify(token)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('keys', () => {
  afterEach(() => vi.useRealTimers());

  it('are fetched again when they have been replaced, but not for every token that names an unknown one', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    const issuer = 'https://auth.example.com';
    const [first, second, unknown] = [await key('one'), await key('two'), await key('three')];
    let published = [first.jwk];
    let fetches = 0;
    const verifier = createResourceVerifier({
      resource: 'https://mcp.example.com/mcp',
      issuers: [{ issuer, jwksUri: `${issuer}/keys` }],
      fetch: async () => {
        fetches += 1;
        return Response.json({ keys: published });
      },
    });
    const verify = async (token: string) => verifier.authenticate(bearer(token));
    expect(await verify(await first.sign(issuer))).toHaveProperty('subject');
    expect(fetches).toBe(1);
    published = [second.jwk];
    for (const _ of Array.from({ length: 10 }))
      expect(await verify(await unknown.sign(issuer))).toMatchObject({ status: 401 });
    expect(fetches).toBe(1);
    vi.setSystemTime(1_800_000_031_000);
    expect(await verify(await second.sign(issuer))).toHaveProperty('subject');
    expect(fetches).toBe(2);
    vi.setSystemTime(1_800_000_070_000);
    expect(await verify(await first.sign(issuer))).toMatchObject({ status: 401 });
  });
});

// ---

async function opaque(audience?: string, secret: string = SECRET) {
  const client = (id: string, grants: readonly string[]) => ({
    client_id: id,
    client_secret: SECRET,
    grant_types: grants,
    redirect_uris: [],
    response_types: [],
  });
  const url = 'http://127.0.0.1:7998/mcp';
  const info = { scope: 'mcp:read', audience: audience ?? url, accessTokenFormat: 'opaque' };
  const resourceIndicators = { enabled: true, getResourceServerInfo: () => info };
  const world = await createWorld({
    clients: [client('bot', ['client_credentials']), client('server', [])],
    configuration: {
      features: {
        resourceIndicators,
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: () => true },
        revocation: { enabled: true },
        devInteractions: { enabled: false },
      },
    },
    resource: { scopes: {} },
  });
  const clock = { offset: 0 };
  const verifier = createResourceVerifier({
    resource: url,
    issuers: [{ issuer: world.as.issuer, introspection: { clientId: 'server', clientAuth: secret } }],
    now: () => Date.now() + clock.offset,
  });
  const grant = clientCredentials({ clientId: 'bot', clientSecret: SECRET });
  const authorizer = createAuthorizer(world.options({ grant, scopes: ['mcp:read'] }));
  const request = { url, method: 'POST', headers: {} };
  await authorizer.challenged(
    { status: 401, headers: new Headers({ 'www-authenticate': 'Bearer' }) },
    request,
  );
  const { authorization = '' } = await authorizer.authorize(request);
  const token = authorization.slice('Bearer '.length);
  expect(token).not.toContain('.');
  const revoke = async () => {
    const basic = Buffer.from(`bot:${new URLSearchParams({ s: SECRET }).toString().slice(2)}`).toString(
      'base64',
    );
    const body = new URLSearchParams({ token });
    const init = { method: 'POST', body, headers: { authorization: `Basic ${basic}` } };
    expect((await fetch(`${world.as.issuer}/token/revocation`, init)).status).toBe(200);
  };
  return { world, token, clock, revoke, verify: (each: string) => verifier.authenticate(bearer(each)) };
}

function questions({ as }: Awaited<ReturnType<typeof createWorld>>): number {
  return as.requests.get('POST /token/introspection') ?? 0;
}

function bearer(token: string) {
  return {
    verb: 'POST',
    header: (name: string) => (name === 'authorization' ? `Bearer ${token}` : undefined),
  };
}

async function key(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const claims = { sub: 'ann', aud: 'https://mcp.example.com/mcp', exp: 1_900_000_000 };
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' },
    // Each token differs, so that none is remembered.
    sign: (iss: string) =>
      new SignJWT({ ...claims, iss, jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(privateKey),
  };
}
