import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Fetch } from '../http.ts';
import type { ResourceVerifierOptions } from './options.ts';
import type { RequestCredentials, TokenDenial, TokenPrincipal } from './principal.ts';
import { createResourceVerifier } from './verifier.ts';

/** Claims as a token may have them, right or wrong. */
type Claims = Record<string, unknown>;

const RESOURCE = 'https://mcp.example.com/mcp';
const ISSUER = 'https://auth.example.com';
const NOW = 1_800_000_000_000;

describe('a request without a valid token', () => {
  it('is told where to get one [AUTH-102]', async () => {
    const { verifier } = await setup();
    const denial = await verifier.authenticate(credentials({}));
    expect(denial).toEqual({
      denied: true,
      status: 401,
      challenge:
        'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"',
    });
  });

  it.each<[string, Claims]>([
    ['of another audience', { aud: 'https://other.example.com/mcp' }],
    ['of the resource of another path', { aud: `${RESOURCE}/admin` }],
    ['without audience', { aud: [] }],
    ['of another issuer', { iss: 'https://evil.example.com' }],
    ['of the issuer with a slash', { iss: `${ISSUER}/` }],
    ['that has expired', { exp: NOW / 1_000 - 31 }],
    ['that does not expire', { exp: undefined }],
    ['that does not count yet', { nbf: NOW / 1_000 + 31 }],
    ['that names nobody', { sub: undefined }],
    ['bound to a certificate, which nobody checks', { cnf: { 'x5t#S256': 'abc' } }],
    ['with an unreadable binding', { cnf: 'none' }],
  ])(
    'is refused: a token %s [AUTH-010] [AUTH-011] [AUTH-012] [AUTH-013] [AUTH-014] [AUTH-206]',
    async (_, change) => {
      const { verifier, sign } = await setup();
      await expectInvalid(verifier.authenticate(bearer(await sign(change))));
      expect(await verifier.authenticate(bearer(await sign({})))).toMatchObject({ subject: 'ann' });
    },
  );

  it.each([
    [{ client_id: 'app' }, 'app'],
    [{ azp: 'app' }, 'app'],
    [{ client_id: 'app', azp: 'other' }, 'app'],
    [{ client_id: 7 }, undefined],
  ])('is told from those of other clients: %j', async (change, client) => {
    const { verifier, sign } = await setup();
    const found = await verifier.authenticate(bearer(await sign(change)));
    expect('client' in found ? found.client : undefined).toBe(client);
  });

  it.each(['dpop+jwt', 'oauth-id-jag+jwt', 'logout+jwt', 'secevent+jwt'])(
    'is refused: a JWT of type %s',
    async (typ) => {
      const { verifier, sign } = await setup();
      await expectInvalid(verifier.authenticate(bearer(await sign({}, { typ }))));
      expect(await verifier.authenticate(bearer(await sign({}, { typ: 'at+jwt' })))).toHaveProperty(
        'subject',
      );
    },
  );

  it('is refused: a token without signature', async () => {
    const { verifier } = await setup();
    const token = new UnsecuredJWT(claims({})).encode();
    await expectInvalid(verifier.authenticate(bearer(token)));
  });

  it('is refused: a token signed with the public key as a shared secret', async () => {
    const { verifier, jwk } = await setup();
    for (const secret of [JSON.stringify(jwk), jwk.x ?? '', `${jwk.x}${jwk.y}`]) {
      const signer = new SignJWT(claims({})).setProtectedHeader({ alg: 'HS256', kid: 'k1' });
      await expectInvalid(verifier.authenticate(bearer(await signer.sign(new TextEncoder().encode(secret)))));
    }
  });

  it('is refused: a token signed by someone else under the same key id, or with a key of its own in the header', async () => {
    const { verifier } = await setup();
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [
      { alg: 'ES256', kid: 'k1' },
      { alg: 'ES256', jwk },
    ]) {
      const token = await new SignJWT(claims({})).setProtectedHeader(header).sign(privateKey);
      await expectInvalid(verifier.authenticate(bearer(token)));
    }
  });

  it('is refused: a token of one trusted issuer signed by another', async () => {
    const { verifier, sign } = await setup({
      issuers: [
        { issuer: ISSUER, jwksUri: 'https://auth.example.com/keys' },
        { issuer: 'https://second.example.com', jwksUri: 'https://second.example.com/keys' },
      ],
    });
    await expectInvalid(verifier.authenticate(bearer(await sign({ iss: 'https://second.example.com' }))));
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(17_000)}`, 'bearer: x', 'DPoP'])(
    'is refused: %s',
    async (authorization) => {
      const { verifier } = await setup();
      expect(await verifier.authenticate(credentials({ authorization }))).toMatchObject({ status: 401 });
    },
  );
});

describe('a valid token', () => {
  it('says who calls', async () => {
    const { verifier, sign } = await setup({ tenantClaim: 'org' });
    const found = await verifier.authenticate(bearer(await sign({ org: 'acme', scope: 'a b a' })));
    expect(found).toMatchObject({ issuer: ISSUER, subject: 'ann', tenant: 'acme', scopes: ['a', 'b'] });
  });

  it('counts within the tolerance of clocks', async () => {
    const { verifier, sign } = await setup();
    const token = await sign({ exp: NOW / 1_000 - 20, nbf: NOW / 1_000 + 20 });
    expect(await verifier.authenticate(bearer(token))).toHaveProperty('subject', 'ann');
  });

  it('must name a tenant where tenants are told apart', async () => {
    const { verifier, sign } = await setup({ tenantClaim: 'org' });
    await expectInvalid(verifier.authenticate(bearer(await sign({}))));
  });

  it('is checked once while it is remembered, and again later', async () => {
    const clock = { now: NOW };
    const { verifier, sign, fetched } = await setup({ now: () => clock.now });
    const token = await sign({ exp: NOW / 1_000 + 40 });
    await Promise.all([bearer(token), bearer(token)].map(verifier.authenticate));
    expect(fetched).toEqual(['https://auth.example.com/keys']);
    clock.now += 71_000;
    await expectInvalid(verifier.authenticate(bearer(token)));
  });

  it('is not refused, but cannot be judged, while the keys cannot be had', async () => {
    const { sign } = await setup();
    const { verifier } = await setup({ fetch: async () => new Response(null, { status: 503 }) });
    const token = await sign({});
    await expect(verifier.authenticate(bearer(token))).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is checked with keys found through the metadata of the issuer, which must be its own', async () => {
    const { sign, verifier } = await setup({ issuers: [{ issuer: ISSUER }] });
    expect(await verifier.authenticate(bearer(await sign({})))).toHaveProperty('subject', 'ann');
    const lying = await setup({ issuers: [{ issuer: ISSUER }] }, { issuer: 'https://evil.example.com' });
    await expect(lying.verifier.authenticate(bearer(await lying.sign({})))).rejects.toMatchObject({
      code: 'issuer-mismatch',
    });
  });

  it('is checked with the keys of an issuer in a private network, if that is where it was said to be', async () => {
    const { sign, verifier } = await setup({
      issuers: [{ issuer: ISSUER, jwksUri: 'https://10.0.0.7/keys' }],
    });
    expect(await verifier.authenticate(bearer(await sign({})))).toHaveProperty('subject', 'ann');
  });

  it('makes for no request to a private address that the metadata name', async () => {
    const { sign, verifier, fetched } = await setup(
      { issuers: [{ issuer: ISSUER }] },
      { jwks_uri: 'https://169.254.169.254/keys' },
    );
    const outcome = verifier.authenticate(bearer(await sign({})));
    await expect(outcome).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(fetched).toEqual(['https://auth.example.com/.well-known/oauth-authorization-server']);
  });
});

describe('scopes', () => {
  const scopes = {
    always: ['mcp'],
    methods: { 'resources/read': ['read'] },
    tools: { delete: ['admin', 'write'], größer: ['write'] },
  };

  it.each([
    ['tools/list', undefined, 'mcp', 200, ''],
    ['tools/list', undefined, 'other', 403, 'mcp'],
    ['resources/read', 'file:///a', 'mcp', 403, 'mcp read'],
    ['tools/call', 'echo', 'mcp', 200, ''],
    ['tools/call', 'delete', 'mcp write', 403, 'mcp admin write'],
    ['tools/call', 'delete', 'mcp root', 200, ''],
    ['tools/call', '=?base64?Z3LDtsOfZXI=?=', 'mcp', 403, 'mcp write'],
    ['tools/call', 'toString', 'mcp', 200, ''],
    ['tools/call', '=?base64?Z3Lö?=', 'mcp root', 403, undefined],
  ])(
    'of %s %s: with "%s" the answer is %i [AUTH-005] [AUTH-006] [AUTH-017] [AUTH-018] [AUTH-019] [AUTH-020] [AUTH-021] [AUTH-023]',
    async (method, name, scope, status, wanted) => {
      const { verifier, sign } = await setup({
        scopes,
        impliedScopes: { root: ['admin'], admin: ['write'] },
      });
      const headers = { 'mcp-method': method, ...(name === undefined ? {} : { 'mcp-name': name }) };
      const found = await verifier.authenticate(bearer(await sign({ scope }), headers));
      if (status === 200) expect(found).toHaveProperty('subject', 'ann');
      else expect(found).toMatchObject({ denied: true, status });
      if (status === 403 && wanted !== undefined)
        expect(challengeOf(found)).toBe(
          `Bearer error="insufficient_scope", scope="${wanted}", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"`,
        );
    },
  );
});

describe('DPoP', () => {
  it('accepts a bound token with a fresh proof of its key, once', async () => {
    const { request } = await bound();
    const { verifier, headers } = await request({});
    expect(await verifier.authenticate(credentials(headers))).toHaveProperty('subject', 'ann');
    expect(challengeOf(await verifier.authenticate(credentials(headers)))).toContain('invalid_dpop_proof');
  });

  it.each<[string, Claims]>([
    ['for another method', { htm: 'GET' }],
    ['for another host', { htu: 'https://other.example.com/mcp' }],
    ['for another path', { htu: 'https://mcp.example.com/other' }],
    ['for another token', { ath: 'x'.repeat(43) }],
    ['for no token', { ath: undefined }],
    ['from the past', { iat: NOW / 1_000 - 61 }],
    ['from the future', { iat: NOW / 1_000 + 61 }],
    ['without time', { iat: undefined }],
    ['without id', { jti: undefined }],
  ])('refuses a proof %s', async (_, change) => {
    const { request } = await bound();
    const { verifier, headers } = await request(change);
    expect(challengeOf(await verifier.authenticate(credentials(headers)))).toContain('invalid_dpop_proof');
  });

  it('refuses a bound token as a bearer token, with another key, or without proof', async () => {
    const { request } = await bound();
    const { verifier, headers } = await request({});
    const other = await (await bound()).request({});
    const token = headers.authorization.slice('DPoP '.length);
    for (const wrong of [
      { ...headers, authorization: `Bearer ${token}` },
      { ...headers, dpop: other.headers.dpop },
      { ...headers, dpop: `${headers.dpop}, ${headers.dpop}` },
      { authorization: headers.authorization },
    ])
      expect(await verifier.authenticate(credentials(wrong))).toMatchObject({ status: 401 });
  });

  it('refuses tokens that are not bound where binding is required', async () => {
    const { verifier, sign } = await setup({ dpop: { required: true } });
    const found = await verifier.authenticate(bearer(await sign({})));
    expect(challengeOf(found)).toMatch(/^DPoP error="invalid_token", .*algs="ES256 /);
  });
});

describe('the metadata', () => {
  it('are served at the well-known path [AUTH-004] [AUTH-101] [AUTH-102]', async () => {
    const { verifier } = await setup({ scopes: { always: ['mcp'] }, name: 'Weather' });
    expect(verifier.metadataUrl).toBe('https://mcp.example.com/.well-known/oauth-protected-resource/mcp');
    const response = verifier.handleMetadata(new Request(verifier.metadataUrl));
    expect(await response?.json()).toEqual({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
      scopes_supported: ['mcp'],
      resource_name: 'Weather',
    });
    expect(verifier.handleMetadata(new Request(RESOURCE))).toBeUndefined();
    expect(verifier.handleMetadata(new Request(verifier.metadataUrl, { method: 'POST' }))?.status).toBe(405);
  });
});

describe('offline_access', () => {
  it('stands neither in challenges nor in the metadata [AUTH-016]', async () => {
    const { verifier, sign } = await setup({ scopes: { always: ['mcp', 'offline_access'] } });
    expect(verifier.metadata.scopes_supported).toEqual(['mcp']);
    expect(challengeOf(await verifier.authenticate(credentials({})))).toContain('scope="mcp"');
    expect(challengeOf(await verifier.authenticate(bearer(await sign({}))))).toContain('scope="mcp"');
  });
});

describe('the name of the resource', () => {
  it.each(['HTTPS://MCP.Example.com/mcp', 'https://mcp.example.com/mcp'])(
    'may be written as %s in tokens [AUTH-007]',
    async (aud) => {
      const { verifier, sign } = await setup();
      expect(await verifier.authenticate(bearer(await sign({ aud })))).toHaveProperty('subject', 'ann');
      await expectInvalid(verifier.authenticate(bearer(await sign({ aud: aud.replace(/mcp$/, 'MCP') }))));
    },
  );

  it('has no slash at the end that means nothing [AUTH-008]', async () => {
    const { verifier, sign } = await setup({ resource: 'https://mcp.example.com/' });
    expect(verifier.metadata.resource).toBe('https://mcp.example.com');
    for (const aud of ['https://mcp.example.com', 'https://mcp.example.com/'])
      expect(await verifier.authenticate(bearer(await sign({ aud })))).toHaveProperty('subject', 'ann');
  });
});

describe('options that protect nothing', () => {
  it.each<Partial<ResourceVerifierOptions>>([
    { issuers: [] },
    { resource: 'mcp' },
    { resource: `${RESOURCE}#x` },
    { resource: 'http://mcp.example.com/mcp' },
    { issuers: [{ issuer: ISSUER, algorithms: ['HS256'] }] },
    { issuers: [{ issuer: ISSUER, algorithms: ['none'] }] },
    { issuers: [{ issuer: ISSUER, algorithms: [] }] },
    { dpop: { algorithms: ['HS256'] } },
  ])('are refused: %j [AUTH-203]', (wrong) => {
    const options = { resource: RESOURCE, issuers: [{ issuer: ISSUER }], ...wrong };
    expect(() => createResourceVerifier(options)).toThrow(TypeError);
  });
});

// ---

function claims(change: Claims): Claims {
  return { iss: ISSUER, aud: RESOURCE, sub: 'ann', exp: NOW / 1_000 + 300, iat: NOW / 1_000, ...change };
}

async function setup(options: Partial<ResourceVerifierOptions> = {}, metadata: object = {}) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const fetched: string[] = [];
  const fetch: Fetch = async (url) => {
    fetched.push(url);
    if (url === 'https://second.example.com/keys') return Response.json({ keys: [] });
    if (url.endsWith('/keys')) return Response.json({ keys: [{ ...jwk, kid: 'k1', alg: 'ES256' }] });
    return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, ...metadata });
  };
  const verifier = createResourceVerifier({
    resource: RESOURCE,
    issuers: [{ issuer: ISSUER, jwksUri: `${ISSUER}/keys` }],
    now: () => NOW,
    fetch,
    ...options,
  });
  const sign = (change: Claims, header: object = {}) =>
    new SignJWT(claims(change)).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(privateKey);
  return { verifier, sign, jwk, fetched };
}

async function bound() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const { verifier, sign } = await setup({ dpop: {} });
  const token = await sign({ cnf: { jkt: await calculateJwkThumbprint(jwk) } });
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  const ath = Buffer.from(digest).toString('base64url');
  const request = async (change: Claims) => {
    const payload = {
      htm: 'POST',
      htu: RESOURCE,
      iat: NOW / 1_000,
      jti: crypto.randomUUID(),
      ath,
      ...change,
    };
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk };
    const dpop = await new SignJWT(payload).setProtectedHeader(header).sign(privateKey);
    return { verifier, headers: { authorization: `DPoP ${token}`, dpop } };
  };
  return { request };
}

function credentials(headers: Readonly<Record<string, string>>): RequestCredentials {
  return { verb: 'POST', header: (name) => headers[name] };
}

function bearer(token: string, headers: Readonly<Record<string, string>> = {}): RequestCredentials {
  return credentials({ authorization: `Bearer ${token}`, ...headers });
}

function challengeOf(found: TokenPrincipal | TokenDenial): string {
  return 'challenge' in found ? found.challenge : 'none';
}

async function expectInvalid(outcome: Promise<TokenPrincipal | TokenDenial>): Promise<void> {
  const found = await outcome;
  expect(found).toMatchObject({ denied: true, status: 401 });
  expect(challengeOf(found)).toContain('error="invalid_token"');
}
