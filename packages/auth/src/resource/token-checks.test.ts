import { inspect } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ResourceVerifierOptions } from './options.ts';
import type { RequestCredentials } from './principal.ts';
import { createTokenChecks, type TokenChecks } from './token-checks.ts';
import { createResourceVerifier } from './verifier.ts';

const ISSUER = 'https://auth.example.com';
const NOW = 1_800_000_000_000;
const ONE = 'https://mcp.example.com/one';
const TWO = 'https://mcp.example.com/two';

interface Made {
  readonly checks: TokenChecks;
  readonly clock: { now: number };
  /** How often the keys were fetched. */
  readonly fetched: () => number;
  verifier(
    resource: string,
    options?: Partial<ResourceVerifierOptions>,
  ): ReturnType<typeof createResourceVerifier>;
  sign(claims: object): Promise<string>;
}

/** With an answer, the authorization server is asked about every token, and says that. */
async function make(maxCachedTokens = 10, answer?: object): Promise<Made> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  const clock = { now: NOW };
  let fetched = 0;
  const introspection = {
    endpoint: `${ISSUER}/introspection`,
    clientId: 'server',
    clientAuth: 'secret',
    always: true,
  };
  const trusted = { issuer: ISSUER, jwksUri: `${ISSUER}/keys` };
  const options = {
    issuers: [answer === undefined ? trusted : { ...trusted, introspection }],
    now: () => clock.now,
    maxCachedTokens,
    fetch: async (url: string) => {
      fetched += 1;
      return Response.json(url === introspection.endpoint ? answer : { keys: [jwk] });
    },
  };
  const checks = createTokenChecks({ ...options, resource: ONE });
  return {
    checks,
    clock,
    fetched: () => fetched,
    verifier: (resource, more = {}) => createResourceVerifier({ ...options, resource, checks, ...more }),
    sign: (claims) =>
      new SignJWT({ iss: ISSUER, sub: 'ann', exp: NOW / 1000 + 3600, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .sign(privateKey),
  };
}

function bearer(token: string, more: Partial<RequestCredentials> = {}): RequestCredentials {
  return {
    verb: 'POST',
    header: (name) => (name === 'authorization' ? `Bearer ${token}` : undefined),
    ...more,
  };
}

describe('checks that two resources share', () => {
  it('ask an issuer once, and still keep the tokens of the two apart [AUTH-011] [AUTH-206]', async () => {
    const { verifier, sign, fetched } = await make();
    const [one, two] = [verifier(ONE), verifier(TWO)];
    const token = await sign({ aud: ONE });
    expect(await one.authenticate(bearer(token))).toHaveProperty('subject', 'ann');
    expect(await two.authenticate(bearer(token))).toMatchObject({ status: 401 });
    expect(two.authenticateNow(bearer(token))).toMatchObject({ status: 401 });
    expect(await two.authenticate(bearer(await sign({ aud: [ONE, TWO] })))).toHaveProperty('subject', 'ann');
    expect(fetched()).toBe(1);
  });
});

describe('authenticateNow', () => {
  it('gives what authenticate gives once a token has been checked, for as long as that counts', async () => {
    const { verifier, sign, clock } = await make();
    const one = verifier(ONE, { scopes: { always: ['a'] } });
    const token = await sign({ aud: ONE, scope: 'a' });
    expect(one.authenticateNow(bearer(token))).toBeUndefined();
    const found = await one.authenticate(bearer(token));
    expect(one.authenticateNow(bearer(token))).toBe(found);
    expect(one.authenticateNow(bearer(token, { needs: ['b'] }))).toMatchObject({ status: 403 });
    clock.now += 60_000;
    expect(one.authenticateNow(bearer(token))).toBeUndefined();
  });

  it('refuses at once what has been refused lately, and what has no token at all', async () => {
    const { verifier, clock } = await make();
    const one = verifier(ONE);
    expect(one.authenticateNow({ verb: 'POST', header: () => undefined })).toMatchObject({ status: 401 });
    await one.authenticate(bearer('opaque'));
    expect(one.authenticateNow(bearer('opaque'))).toMatchObject({ status: 401 });
    clock.now += 5_000;
    expect(one.authenticateNow(bearer('opaque'))).toBeUndefined();
  });

  it('leaves proofs to authenticate, and does not use them up', async () => {
    const { verifier, sign } = await make();
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const one = verifier(ONE, { dpop: {} });
    const token = await sign({ aud: ONE, cnf: { jkt: await calculateJwkThumbprint(jwk) } });
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
    const ath = Buffer.from(digest).toString('base64url');
    const bound = async (jti: string) => {
      const proof = await new SignJWT({ htm: 'POST', htu: ONE, iat: NOW / 1000, ath, jti })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(privateKey);
      return bearer(token, { header: (name) => (name === 'dpop' ? proof : `DPoP ${token}`) });
    };
    expect(await one.authenticate(await bound('1'))).toHaveProperty('subject', 'ann');
    const second = await bound('2');
    expect(one.authenticateNow(second)).toBeUndefined();
    expect(await one.authenticate(second)).toHaveProperty('subject', 'ann');
    expect(await one.authenticate(second)).toMatchObject({ status: 401 });
  });
});

describe('what is remembered', () => {
  it('is bounded by the number of tokens; the one used longest ago is checked again', async () => {
    const { verifier, sign } = await make(2);
    const one = verifier(ONE);
    const tokens = await Promise.all([1, 2, 3].map((jti) => sign({ aud: ONE, jti: String(jti) })));
    const [a = '', b = '', c = ''] = tokens;
    await one.authenticate(bearer(a));
    await one.authenticate(bearer(b));
    one.authenticateNow(bearer(a));
    await one.authenticate(bearer(c));
    expect(tokens.map((token) => one.authenticateNow(bearer(token)) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is bounded by their length, whoever sends long ones', async () => {
    const { checks } = await make(1_000_000);
    const first = `${'x'.repeat(16_000)}0`;
    await checks.check(first);
    expect(checks.known(first)).toBeDefined();
    for (let i = 1; i < 2_100; i++) await checks.check(`${'x'.repeat(16_000)}${i}`);
    expect(checks.known(`${'x'.repeat(16_000)}2099`)).toBeDefined();
    expect(checks.known(`${'x'.repeat(16_000)}1`)).toBeUndefined();
  });
});

describe('a token bound to a certificate', () => {
  it('counts with that certificate and no other', async () => {
    const { verifier, sign } = await make();
    const one = verifier(ONE);
    const token = await sign({ aud: ONE, cnf: { 'x5t#S256': 'thumb' } });
    expect(await one.authenticate(bearer(token, { certificate: 'thumb' }))).toHaveProperty('subject', 'ann');
    for (const certificate of ['other', ''])
      expect(await one.authenticate(bearer(token, { certificate }))).toMatchObject({ status: 401 });
    expect(await one.authenticate(bearer(token))).toMatchObject({ status: 401 });
    const both = await sign({ aud: ONE, cnf: { 'x5t#S256': 'thumb', jkt: 'x' } });
    expect(await one.authenticate(bearer(both, { certificate: 'thumb' }))).toMatchObject({ status: 401 });
    const absent = await sign({ aud: ONE, cnf: {} });
    expect(await one.authenticate(bearer(absent, { certificate: 'thumb' }))).toMatchObject({ status: 401 });
  });
});

describe('a JWT that the authorization server is asked about', () => {
  const active = { active: true, sub: 'ann', aud: ONE };

  it('stays bound to what it says itself, and to what the answer says', async () => {
    const { verifier, sign } = await make(10, active);
    const one = verifier(ONE);
    expect(await one.authenticate(bearer(await sign({ aud: ONE })))).toHaveProperty('subject', 'ann');
    const bound = await sign({ aud: ONE, cnf: { 'x5t#S256': 'thumb' } });
    expect(await one.authenticate(bearer(bound))).toMatchObject({ status: 401 });
    const held = bearer(bound, { certificate: 'thumb' });
    expect(await one.authenticate(held)).toHaveProperty('subject', 'ann');
    const proved = await sign({ aud: ONE, cnf: { jkt: 'key' } });
    expect(await one.authenticate(bearer(proved))).toMatchObject({ status: 401 });

    const second = await make(10, { ...active, cnf: { jkt: 'key' } });
    const both = await second.sign({ aud: ONE, cnf: { 'x5t#S256': 'thumb' } });
    const outcome = second.verifier(ONE).authenticate(bearer(both, { certificate: 'thumb' }));
    expect(await outcome).toMatchObject({ status: 401 });
  });

  it('counts no longer than it says itself', async () => {
    const { verifier, sign, clock } = await make(10, active);
    const one = verifier(ONE);
    const token = await sign({ aud: ONE, exp: NOW / 1000 + 10 });
    expect(await one.authenticate(bearer(token))).toHaveProperty('subject', 'ann');
    // The clocks may be off by thirty seconds.
    clock.now += 40_000;
    expect(await one.authenticate(bearer(token))).toMatchObject({ status: 401 });
  });
});

describe('the answer of an authorization server that is asked', () => {
  it.each([{ exp: 'never' }, { exp: null }, { nbf: 'later' }, { nbf: {} }])(
    'counts for nothing with a time that is none: %j',
    async (times) => {
      const { verifier } = await make(10, { active: true, sub: 'ann', aud: ONE, ...times });
      expect(await verifier(ONE).authenticate(bearer('opaque'))).toMatchObject({ status: 401 });
    },
  );

  it('stands in no error where it cannot be read', async () => {
    const { verifier } = await make(10, { active: 'yes', sub: 'ann of accounting' });
    const failure: unknown = await verifier(ONE)
      .authenticate(bearer('opaque'))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unreachable', cause: expect.any(Error) });
    expect(inspect(failure, { depth: null })).not.toContain('accounting');
  });
});
