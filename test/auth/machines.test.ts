import {
  type AuthorizerOptions,
  clientCredentials,
  createAuthorizer,
  enterpriseManaged,
  workloadIdentity,
} from '@switchyard/auth/client';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createWorld, type World } from './world.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const PLATFORM = 'https://platform.example.com';
const COMPANY = 'https://idp.example.com';
const IDP_TOKEN = `${COMPANY}/token`;

describe('client credentials', () => {
  it.each(['client_secret_basic', 'client_secret_post'])(
    'get a token with a secret, by %s',
    async (method) => {
      const world = await createWorld({ clients: [machine({ token_endpoint_auth_method: method })] });
      // What the metadata offer first is taken, unless another method was agreed on.
      const grant = clientCredentials({ clientId: 'bot', clientSecret: 'hush: & =', authMethod: method });
      const response = await world.call(createAuthorizer(world.options({ grant })));
      expect(await response.json()).toEqual({ subject: 'bot', scopes: ['mcp:read'] });
      expect(world.as.tokenRequests[0]?.get('resource')).toBe(world.url);
      expect(world.as.tokenRequests[0]?.get('scope')).toBe('mcp:read');
      expect(world.visited).toHaveLength(0);
    },
  );

  it('get a token with a private key, and a new one when it has expired', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'bot-1', alg: 'ES256' };
    const change = {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
    };
    const world = await createWorld({
      clients: [{ ...machine(change), client_secret: undefined, jwks: { keys: [jwk] } }],
    });
    const clock = { offset: 0 };
    const environment = { now: () => Date.now() + clock.offset, sleep: () => Promise.resolve() };
    const grant = clientCredentials({ clientId: 'bot', privateKey: { key: privateKey, kid: 'bot-1' } });
    const authorizer = createAuthorizer(world.options({ grant, environment }));
    expect((await world.call(authorizer)).status).toBe(200);
    clock.offset = 3_600_000;
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.call(authorizer)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(world.as.tokenRequests).toHaveLength(2);
  });

  it('stay with the authorization server that they were used at first', async () => {
    const [first, second] = [
      await createWorld({ clients: [machine({})] }),
      await createWorld({ clients: [machine({})] }),
    ];
    const grant = clientCredentials({ clientId: 'bot', clientSecret: 'hush: & =' });
    let issuer = first;
    const authorizer = createAuthorizer(
      first.options({
        grant,
        fetch: (url, init) => (url.startsWith(first.url.slice(0, 21)) ? issuer : first).fetch(url, init),
      }),
    );
    expect((await first.call(authorizer)).status).toBe(200);
    issuer = second;
    await authorizer.forget();
    await expect(second.call(authorizer)).rejects.toMatchObject({ code: 'issuer-mismatch' });
    expect(second.as.tokenRequests).toHaveLength(0);
  });
});

describe('workload identity', () => {
  it('trades a fresh assertion of the platform for each token', async () => {
    const { world, assertion } = await workload();
    const asked: object[] = [];
    const grant = workloadIdentity({
      clientId: 'workload',
      assertion: (target) => {
        asked.push(target);
        return assertion({});
      },
    });
    const response = await world.call(createAuthorizer(world.options({ grant })));
    expect(await response.json()).toEqual({ subject: 'pod-7', scopes: ['mcp:read'] });
    expect(asked).toEqual([
      { issuer: world.as.issuer, tokenEndpoint: `${world.as.issuer}/token`, resource: world.url },
    ]);
  });

  it.each<[string, JWTPayload]>([
    ['made for someone else', { aud: 'https://other.example.com' }],
    ['that has expired', { exp: 1 }],
    ['of an unknown issuer', { iss: 'https://evil.example.com' }],
  ])('fails at once with an assertion %s', async (_, change) => {
    const { world, assertion } = await workload();
    const grant = workloadIdentity({ clientId: 'workload', assertion: () => assertion(change) });
    const call = world.call(createAuthorizer(world.options({ grant })));
    await expect(call).rejects.toMatchObject({ code: 'token-request', oauthError: 'invalid_grant' });
    expect(world.as.tokenRequests.length).toBeLessThanOrEqual(1);
    expect(world.as.requests.get('POST /token')).toBe(1);
    expect(world.visited).toHaveLength(0);
  });

  it('gives no assertion to another authorization server than the one that was named', async () => {
    const { world, assertion } = await workload();
    const asked: object[] = [];
    const options = {
      assertion: (target: object) => {
        asked.push(target);
        return assertion({});
      },
      clientId: 'workload',
    };
    const named = (issuer: string) =>
      world.call(createAuthorizer(world.options({ grant: workloadIdentity({ ...options, issuer }) })));
    await expect(named('https://auth.example.com')).rejects.toMatchObject({ code: 'issuer-mismatch' });
    expect(asked).toEqual([]);
    expect(world.as.requests.get('POST /token')).toBeUndefined();
    expect((await named(world.as.issuer)).status).toBe(200);
  });

  it('stays with the authorization server that it was used at first', async () => {
    const [first, second] = [await workload(), await workload()];
    let issuer = first.world;
    const grant = workloadIdentity({ assertion: () => first.assertion({}), clientId: 'workload' });
    const authorizer = createAuthorizer(
      first.world.options({ grant, fetch: (url, init) => issuer.fetch(url, init) }),
    );
    expect((await first.world.call(authorizer)).status).toBe(200);
    issuer = second.world;
    await authorizer.forget();
    await expect(second.world.call(authorizer)).rejects.toMatchObject({ code: 'issuer-mismatch' });
    expect(second.world.as.requests.get('POST /token')).toBeUndefined();
  });

  it('cannot use an assertion twice', async () => {
    const { world, assertion } = await workload();
    const same = await assertion({ jti: 'once' });
    const options = () =>
      world.options({ grant: workloadIdentity({ clientId: 'workload', assertion: () => same }) });
    expect((await world.call(createAuthorizer(options()))).status).toBe(200);
    await expect(world.call(createAuthorizer(options()))).rejects.toMatchObject({
      oauthError: 'invalid_grant',
    });
  });
});

describe('enterprise-managed authorization', () => {
  it.each(['id_token', 'saml2', 'refresh_token'] as const)(
    'lets a user in by the %s of the company',
    async (type) => {
      const { world, options, exchanges } = await company({ type });
      const response = await world.call(createAuthorizer(options()));
      expect(await response.json()).toEqual({ subject: 'ann@company', scopes: ['mcp:read'] });
      expect(Object.fromEntries(exchanges[0] ?? [])).toMatchObject({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
        audience: world.as.issuer,
        resource: world.url,
        subject_token: 'the-subject',
        subject_token_type: `urn:ietf:params:oauth:token-type:${type}`,
        scope: 'mcp:read',
      });
      expect(world.as.tokenRequests[0]?.get('grant_type')).toBe(JWT_BEARER);
      expect(world.as.requests.get('GET /auth')).toBeUndefined();
    },
  );

  it('says that the company gives no access', async () => {
    const { world, options } = await company({ refusal: 'access_denied' });
    await expect(world.call(createAuthorizer(options()))).rejects.toMatchObject({
      code: 'denied',
      oauthError: 'access_denied',
    });
    expect(world.as.requests.get('POST /token')).toBeUndefined();
  });

  it('takes no other token for an assertion', async () => {
    const { world, options } = await company({ issuedType: 'urn:ietf:params:oauth:token-type:access_token' });
    await expect(world.call(createAuthorizer(options()))).rejects.toMatchObject({ code: 'token-request' });
    expect(world.as.requests.get('POST /token')).toBeUndefined();
  });

  it('is refused with an assertion made for another client, and one used before', async () => {
    const other = await company({ clientId: 'other' });
    await expect(other.world.call(createAuthorizer(other.options()))).rejects.toMatchObject({
      oauthError: 'invalid_grant',
    });
    const replay = await company({ jti: 'once' });
    expect((await replay.world.call(createAuthorizer(replay.options()))).status).toBe(200);
    await expect(replay.world.call(createAuthorizer(replay.options()))).rejects.toMatchObject({
      oauthError: 'invalid_grant',
    });
  });
});

// ---

function machine(change: object): object {
  return {
    client_id: 'bot',
    client_secret: 'hush: & =',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    ...change,
  };
}

async function workload() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const client = {
    ...machine({ token_endpoint_auth_method: 'none', grant_types: [JWT_BEARER] }),
    client_id: 'workload',
    client_secret: undefined,
  };
  const world = await createWorld({ clients: [client], assertionIssuers: { [PLATFORM]: publicKey } });
  const assertion = (change: JWTPayload) => {
    const now = Math.floor(Date.now() / 1_000);
    const base = {
      iss: PLATFORM,
      sub: 'pod-7',
      aud: world.as.issuer,
      iat: now,
      exp: now + 60,
      jti: crypto.randomUUID(),
    };
    return new SignJWT({ ...base, ...change }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  };
  return { world, assertion };
}

interface Company {
  readonly type?: 'id_token' | 'saml2' | 'refresh_token';
  readonly refusal?: string;
  readonly issuedType?: string;
  readonly clientId?: string;
  readonly jti?: string;
}

async function company({ type = 'id_token', refusal, issuedType, clientId, jti }: Company) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const world = await createWorld({
    clients: [machine({ grant_types: [JWT_BEARER] })],
    assertionIssuers: { [COMPANY]: publicKey },
  });
  const exchanges: URLSearchParams[] = [];
  const provider = async (form: URLSearchParams): Promise<Response> => {
    exchanges.push(form);
    if (refusal !== undefined) return Response.json({ error: refusal }, { status: 400 });
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: COMPANY,
      sub: 'ann@company',
      aud: form.get('audience') ?? '',
      iat: now,
      exp: now + 60,
    };
    const named = {
      client_id: clientId ?? 'bot',
      resource: form.get('resource'),
      jti: jti ?? crypto.randomUUID(),
    };
    const header = { alg: 'ES256', typ: 'oauth-id-jag+jwt' };
    const assertion = await new SignJWT({ ...claims, ...named, scope: form.get('scope') })
      .setProtectedHeader(header)
      .sign(privateKey);
    return Response.json({
      issued_token_type: issuedType ?? 'urn:ietf:params:oauth:token-type:id-jag',
      access_token: assertion,
      token_type: 'N_A',
    });
  };
  const grant = enterpriseManaged({
    identityProvider: {
      issuer: COMPANY,
      tokenEndpoint: IDP_TOKEN,
      clientId: 'app',
      clientSecret: 'company secret',
      subject: () => ({ type, token: 'the-subject' }),
    },
    client: { clientId: 'bot', clientSecret: 'hush: & =' },
  });
  const fetch: World['fetch'] = (url, init) =>
    url === IDP_TOKEN ? provider(new URLSearchParams(String(init.body))) : world.fetch(url, init);
  const options = (): AuthorizerOptions => world.options({ grant, fetch });
  return { world, options, exchanges };
}
