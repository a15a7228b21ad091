import type { ServerConfig } from '@switchyard/gateway';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { NO_REDIS, ownRedis } from '../../packages/gateway/test/redis.ts';
import {
  type Answer,
  answering,
  exchangeBytes,
  post,
  type Running,
  startGateway,
  type Upstream,
  upstream,
} from '../../packages/gateway/test/support.ts';
import { createProver, type Issuer, startIssuer } from './issuer.ts';

const PUBLIC = 'https://mcp.example.com';
const A = `${PUBLIC}/servers/a/mcp`;
const METADATA = `${PUBLIC}/.well-known/oauth-protected-resource/servers/a/mcp`;

interface World extends Running {
  readonly issuer: Issuer;
  readonly server: Upstream;
  call(headers: Readonly<Record<string, string | readonly string[]>>, path?: string): Promise<Answer>;
}

interface Change {
  readonly identify?: object;
  readonly a?: Partial<ServerConfig>;
  readonly state?: string;
  readonly issuer?: Issuer;
}

/** A gateway with the servers `a` and `b` behind it that accepts the tokens of one issuer. */
async function world({ identify = {}, a = {}, state, issuer: given }: Change = {}): Promise<World> {
  const issuer = given ?? (await startIssuer());
  const server = await upstream(answering());
  const running = await startGateway({
    listen: { port: 0, publicUrl: PUBLIC },
    ...(state === undefined ? {} : { state }),
    identify: { issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }], ...identify },
    servers: { a: { replicas: [server.url], ...a }, b: { replicas: [server.url] } },
  });
  const call: World['call'] = (headers, path = '/servers/a/mcp') => post(running.url, { path, headers });
  return { ...running, issuer, server, call };
}

function get(base: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${base}${path}`, init);
}

describe('a caller with a token for the path', () => {
  it('is let in; its token goes no further [AUTH-011] [AUTH-015] [AUTH-207]', async () => {
    const { call, issuer, server } = await world();
    const token = await issuer.sign({ aud: A });
    const answer = await call({ authorization: `Bearer ${token}`, 'x-custom': 'kept' });
    expect(answer.status).toBe(200);
    expect(server.seen[0]?.headers).toMatchObject({ 'x-custom': 'kept' });
    expect(JSON.stringify(server.seen[0]?.rawHeaders)).not.toContain(token);
    expect(Object.keys(server.seen[0]?.headers ?? {})).not.toContain('authorization');
  });

  it('costs one look at the keys of the issuer, whatever the path and however often', async () => {
    const { call, issuer } = await world();
    for (const path of ['a', 'b', 'a', 'b']) {
      const token = await issuer.sign({ aud: `${PUBLIC}/servers/${path}/mcp` });
      expect((await call({ authorization: `Bearer ${token}` }, `/servers/${path}/mcp`)).status).toBe(200);
    }
    expect(issuer.fetched()).toBe(1);
  });

  it('is found by what the issuer calls the path, capitals in scheme and host included [AUTH-007]', async () => {
    const { call, issuer } = await world();
    const aud = 'HTTPS://MCP.example.COM/servers/a/mcp';
    expect((await call({ authorization: `bearer ${await issuer.sign({ aud })}` })).status).toBe(200);
  });
});

describe('a caller without a token', () => {
  it('is told where to get one, and the document is there [AUTH-004] [AUTH-101] [AUTH-102]', async () => {
    const { call, url, issuer, server } = await world({ identify: { scopes: { always: ['mcp'] } } });
    const answer = await call({});
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(`Bearer scope="mcp", resource_metadata="${METADATA}"`);
    expect(answer.json.error).toMatchObject({
      code: 40101,
      data: { source: 'gateway', reason: 'unauthorized' },
    });
    expect(server.seen).toEqual([]);
    const document = await get(url, new URL(METADATA).pathname);
    expect(document.headers.get('access-control-allow-origin')).toBe('*');
    expect(document.headers.get('content-type')).toBe('application/json');
    expect(await document.json()).toEqual({
      resource: A,
      authorization_servers: [issuer.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ['mcp'],
      resource_name: 'a',
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
  });

  it('finds a document for each path, by GET, HEAD and a page of any origin, and no other [AUTH-004]', async () => {
    const { url } = await world();
    const path = '/.well-known/oauth-protected-resource/servers/b/mcp';
    const resource = async (response: Response) => ((await response.json()) as { resource: string }).resource;
    expect(await resource(await get(url, path))).toBe(`${PUBLIC}/servers/b/mcp`);
    expect((await get(url, path, { method: 'HEAD' })).headers.get('content-length')).not.toBe('0');
    const preflight = await get(url, path, { method: 'OPTIONS', headers: { origin: 'https://any.example' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect((await get(url, path, { method: 'PUT' })).status).toBe(405);
    expect((await get(url, '/.well-known/oauth-protected-resource')).status).toBe(404);
    expect((await get(url, '/servers/b/mcp')).status).toBe(405);
  });

  it('is let in where that was said, and only there', async () => {
    const { call } = await world({ identify: { anonymous: ['a'] } });
    expect((await call({})).status).toBe(200);
    expect((await call({}, '/servers/b/mcp')).status).toBe(401);
    // Wrong credentials are not none.
    expect((await call({ authorization: 'Bearer wrong' })).status).toBe(401);
  });
});

describe('attacks with tokens: refused before a server hears of them', () => {
  type Forge = (issuer: Issuer) => Promise<string> | string;
  const claims = (issuer: Issuer) => ({ iss: issuer.issuer, aud: A, sub: 'eve', exp: 9_999_999_999 });
  const attacks: readonly [string, Forge][] = [
    ['the token of another path', ({ sign }) => sign({ aud: `${PUBLIC}/servers/b/mcp` })],
    ['the token of the gateway as a whole', ({ sign }) => sign({ aud: PUBLIC })],
    ['the token of another resource', ({ sign }) => sign({ aud: 'https://other.example.com/mcp' })],
    ['a token without audience', ({ sign }) => sign({})],
    ['a token of another issuer', ({ sign }) => sign({ aud: A, iss: 'https://evil.example.com' })],
    ['an expired token', ({ sign }) => sign({ aud: A, exp: 1_000_000_000 })],
    ['a token that does not count yet', ({ sign }) => sign({ aud: A, nbf: 9_999_999_999 })],
    ['an identity token', ({ sign }) => sign({ aud: A }, { typ: 'logout+jwt' })],
    ['a token without signature (alg none)', (issuer) => new UnsecuredJWT(claims(issuer)).encode()],
    [
      'a token signed with the public key as a shared secret',
      (issuer) =>
        new SignJWT(claims(issuer))
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(new TextEncoder().encode(JSON.stringify(issuer.jwk))),
    ],
    [
      'a token with a key of its own in the header',
      async (issuer) => {
        const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
        const header = { alg: 'ES256', kid: 'k1', jwk: await exportJWK(publicKey) };
        return new SignJWT(claims(issuer)).setProtectedHeader(header).sign(privateKey);
      },
    ],
    ['a token bound to a certificate', ({ sign }) => sign({ aud: A, cnf: { 'x5t#S256': 'abc' } })],
    ['nothing', () => ''],
    ['an opaque token', () => 'opaque'],
  ];

  it.each(attacks)(
    '%s [AUTH-010] [AUTH-012] [AUTH-013] [AUTH-014] [AUTH-205] [AUTH-206]',
    async (_, forge) => {
      const { call, issuer, server } = await world();
      const answer = await call({ authorization: `Bearer ${await forge(issuer)}` });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain(`resource_metadata="${METADATA}"`);
      expect(server.seen).toEqual([]);
    },
  );

  it('an oversized token: not read', async () => {
    const { url, server } = await world();
    const authorization = `Bearer ${'x'.repeat(15_000)}`;
    expect((await post(url, { path: '/servers/a/mcp', headers: { authorization } })).status).toBe(401);
    const over = `Bearer ${'x'.repeat(17_000)}`;
    expect((await post(url, { path: '/servers/a/mcp', headers: { authorization: over } })).status).toBe(431);
    expect(server.seen).toEqual([]);
  });

  it('a token in the query [AUTH-009]', async () => {
    const { call, issuer, server } = await world();
    const token = await issuer.sign({ aud: A });
    expect((await call({}, `/servers/a/mcp?access_token=${token}`)).status).toBe(401);
    expect(server.seen).toEqual([]);
  });

  it('two tokens in one request, and headers that another reader might take for one', async () => {
    const { port, url, issuer, server } = await world();
    const good = `Bearer ${await issuer.sign({ aud: A })}`;
    const lines = (...more: string[]) =>
      `${['POST /servers/a/mcp HTTP/1.1', 'Host: localhost', 'Connection: close', 'Content-Type: application/json', 'MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/list', 'Content-Length: 2', ...more].join('\r\n')}\r\n\r\n{}`;
    const twice = await exchangeBytes(port, lines(`Authorization: ${good}`, 'Authorization: Bearer evil'));
    expect(twice).toMatch(/^HTTP\/1\.1 400 /);
    const folded = await exchangeBytes(port, lines('Authorization: Bearer', ` ${good.slice(7)}`));
    expect(folded).toMatch(/^HTTP\/1\.1 40[01] /);
    for (const name of ['authorization_', 'x-forwarded-user', 'proxy-authorization', 'authorization ']) {
      const smuggled = await exchangeBytes(port, lines(`${name}: ${good}`));
      expect(smuggled).toMatch(/^HTTP\/1\.1 40[01] /);
    }
    // Declared away as a hop-by-hop header it counts all the same.
    const declared = { authorization: good, connection: 'close, authorization' };
    expect((await post(url, { path: '/servers/a/mcp', headers: declared })).status).toBe(200);
    expect(server.seen).toHaveLength(1);
  });

  it('nothing of a token reaches events or answers [AUTH-202]', async () => {
    const { call, events, issuer } = await world();
    const tokens = [await issuer.sign({ aud: A }), await issuer.sign({ aud: 'x' }), 'opaque-and-secret'];
    const answers = await Promise.all(tokens.map((token) => call({ authorization: `Bearer ${token}` })));
    const said = JSON.stringify([events, answers.map(({ text, headers }) => [text, headers])]);
    for (const token of tokens) expect(said).not.toContain(token);
  });
});

describe('scopes', () => {
  const scopes = { always: ['mcp'], tools: { add: ['admin', 'write'] } };

  it.each([
    ['mcp', 403, 'mcp admin write'],
    ['mcp write', 403, 'mcp admin write'],
    ['mcp root', 200, undefined],
  ])(
    'a token with "%s" gets %i for a tool that needs more [AUTH-005] [AUTH-017] [AUTH-018] [AUTH-019] [AUTH-020] [AUTH-021] [AUTH-023]',
    async (scope, status, wanted) => {
      const implied = { root: ['admin'], admin: ['write'] };
      const { call, issuer } = await world({ a: { scopes }, identify: { impliedScopes: implied } });
      const answer = await call({ authorization: `Bearer ${await issuer.sign({ aud: A, scope })}` });
      expect(answer.status).toBe(status);
      if (wanted === undefined) return;
      expect(answer.headers['www-authenticate']).toBe(
        `Bearer error="insufficient_scope", scope="${wanted}", resource_metadata="${METADATA}"`,
      );
      expect(answer.json).toMatchObject({ id: 1, error: { code: 40301 } });
    },
  );

  it('of one server are no other server’s, and never offline_access [AUTH-016]', async () => {
    const { call, issuer } = await world({
      a: { scopes },
      identify: { scopes: { always: ['offline_access'] } },
    });
    const token = await issuer.sign({ aud: `${PUBLIC}/servers/b/mcp` });
    expect((await call({ authorization: `Bearer ${token}` }, '/servers/b/mcp')).status).toBe(200);
    expect((await call({}, '/servers/b/mcp')).headers['www-authenticate']).not.toContain('offline_access');
  });
});

describe('DPoP', () => {
  it('a proof counts once, at whichever of two instances', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const issuer = await startIssuer();
    const [one, two] = [await world({ issuer, state: redis.url }), await world({ issuer, state: redis.url })];
    const prover = await createProver();
    const token = await issuer.sign({ aud: A, cnf: { jkt: prover.thumbprint } });
    const proof = async (jti: string) => ({
      authorization: `DPoP ${token}`,
      dpop: await prover.prove(token, { htu: A, jti }),
    });
    const first = await proof('1');
    expect((await one.call(first)).status).toBe(200);
    for (const again of [one, two]) {
      const answer = await again.call(first);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_dpop_proof"');
    }
    expect((await two.call(await proof('2'))).status).toBe(200);
    expect((await two.call({ authorization: `Bearer ${token}` })).status).toBe(401);
    expect(one.server.seen[0]?.headers).not.toHaveProperty('dpop');
    // Where nobody can tell whether a proof has been used, it has.
    await redis.kill();
    const lost = await one.call(await proof('3'));
    expect(lost.status).toBe(503);
    expect(lost.json.error.data).toMatchObject({ reason: 'identity-unavailable', mayHaveRun: false });
    expect(one.server.seen).toHaveLength(1);
  });

  it('is required where that is said', async () => {
    const { call, issuer } = await world({ identify: { dpop: { required: true } } });
    const answer = await call({ authorization: `Bearer ${await issuer.sign({ aud: A })}` });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^DPoP /);
  });
});

describe('an issuer that cannot be reached', () => {
  it('makes for 503 and another try, not for a refusal and not for a welcome', async () => {
    const { call, issuer, server } = await world();
    issuer.up = false;
    const token = await issuer.sign({ aud: A });
    const answer = await call({ authorization: `Bearer ${token}` });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json.error).toMatchObject({ code: 50310, data: { reason: 'identity-unavailable' } });
    expect(server.seen).toEqual([]);
    issuer.up = true;
    expect((await call({ authorization: `Bearer ${token}` })).status).toBe(200);
  });
});

describe('a server that is the audience of its tokens itself', () => {
  it('gets the token that was issued for it, and no other caller’s credentials', async () => {
    const resource = 'https://weather.example.com/mcp';
    const keys = [{ name: 'ci', hash: `sha256:${'0'.repeat(64)}` }];
    const { call, issuer, server } = await world({
      a: { authorization: 'pass', resource },
      identify: { keys, anonymous: ['a'] },
    });
    const authorization = `Bearer ${await issuer.sign({ aud: resource })}`;
    expect((await call({ authorization })).status).toBe(200);
    expect(server.seen[0]?.headers.authorization).toBe(authorization);
    expect((await call({ authorization: `Bearer ${await issuer.sign({ aud: A })}` })).status).toBe(401);
    expect((await call({})).status).toBe(200);
    expect(server.seen[1]?.headers).not.toHaveProperty('authorization');
  });
});

describe('the gateway', () => {
  it('keeps what it knows of tokens over a reload', async () => {
    const { call, gateway, issuer, server } = await world();
    const authorization = `Bearer ${await issuer.sign({ aud: A })}`;
    expect((await call({ authorization })).status).toBe(200);
    issuer.up = false;
    gateway.reload({
      listen: { port: 0, publicUrl: PUBLIC },
      identify: { issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }] },
      servers: { a: { replicas: [server.url] }, c: { replicas: [server.url] } },
    });
    expect((await call({ authorization })).status).toBe(200);
    expect(issuer.fetched()).toBe(1);
  });

  it('takes a certificate that it cannot use as a fault of the configuration', async () => {
    const { gateway } = await world();
    const broken = { host: '127.0.0.1', port: 0, tls: { cert: '/nowhere', key: { env: 'NONE' } } };
    expect(() => gateway.reload({ listen: broken, servers: { a: { replicas: ['http://h/'] } } })).toThrow(
      'listen.tls cannot change without a restart',
    );
  });
});
