import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, type CredentialsConfig, type GatewayConfig } from '@switchyard/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Answer,
  answering,
  type Call,
  deferred,
  post,
  type Running,
  startGateway,
  type Upstream,
  upstream,
} from '../../packages/gateway/test/support.ts';
import { type Issuer, startIssuer } from './issuer.ts';

const SECRET = 'gateway-secret-7c1';
const PUBLIC = 'https://mcp.example.com';

/** A token endpoint that notes what it is asked and answers as it is told. */
interface TokenEndpoint {
  readonly issuer: string;
  readonly url: string;
  readonly asked: URLSearchParams[];
  readonly authorizations: (string | undefined)[];
  answer: (
    asked: URLSearchParams,
    n: number,
  ) => { status?: number; headers?: object; body: object } | Promise<never>;
}

async function tokenEndpoint(): Promise<TokenEndpoint> {
  const asked: URLSearchParams[] = [];
  const authorizations: (string | undefined)[] = [];
  const made: Pick<TokenEndpoint, 'answer'> = {
    answer: (_, n) => ({ body: { access_token: `token-${n}`, token_type: 'Bearer', expires_in: 300 } }),
  };
  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const parameters = new URLSearchParams(Buffer.concat(chunks).toString());
    asked.push(parameters);
    authorizations.push(req.headers.authorization);
    const { status = 200, headers = {}, body } = await made.answer(parameters, asked.length);
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on TCP has an address.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(made, { issuer, url: `${issuer}/token`, asked, authorizations });
}

const env = { SECRET };

function oauth(endpoint: TokenEndpoint, rest: object = {}): CredentialsConfig {
  return {
    oauth: {
      ...{ issuer: endpoint.issuer, tokenEndpoint: endpoint.url, clientId: 'gateway' },
      ...{ clientSecret: { env: 'SECRET' }, ...rest },
    },
  };
}

function to(
  up: Upstream,
  credentials: CredentialsConfig,
  rest: Partial<GatewayConfig> = {},
): Promise<Running> {
  return startGateway(
    { ...rest, servers: { s: { path: '/mcp', replicas: [up.url], credentials } } },
    { env },
  );
}

/** Accepts one bearer token. */
function demanding(accepts: () => string): Promise<Upstream> {
  return upstream((req, res) => {
    if (req.headers.authorization === `Bearer ${accepts()}`) answering()(req, res);
    else res.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="https://evil.example/"' }).end();
  });
}

describe('a secret', () => {
  it('is sent in place of what the caller says', async () => {
    const up = await upstream(answering());
    const bearer = await to(up, { secret: { env: 'SECRET' } });
    await post(bearer.url, { headers: { authorization: 'Bearer of-the-caller' } });
    expect(up.seen[0]?.rawHeaders.filter((text) => /bearer/i.test(text))).toEqual([`Bearer ${SECRET}`]);
    const key = await to(up, { secret: { env: 'SECRET' }, header: 'X-Api-Key' });
    await post(key.url, { headers: { 'x-api-key': 'of-the-caller', authorization: 'Bearer of-the-caller' } });
    expect(up.seen[1]?.headers['x-api-key']).toBe(SECRET);
    expect(JSON.stringify(up.seen[1]?.rawHeaders)).not.toContain('of-the-caller');
  });

  it('that is refused is the gateway’s trouble: the caller gets neither 401 nor challenge', async () => {
    const up = await demanding(() => 'another');
    const { url, events } = await to(up, { secret: { env: 'SECRET' } });
    const { status, headers, json } = await post(url);
    expect([status, json.error.data]).toEqual([
      502,
      { source: 'gateway', reason: 'upstream-unauthorized', mayHaveRun: false },
    ]);
    expect(headers['www-authenticate']).toBeUndefined();
    expect(up.seen).toHaveLength(1);
    expect(JSON.stringify([events, json])).not.toContain(SECRET);
  });

  it('is sent with redirects nowhere', async () => {
    const thief = await upstream(answering());
    const up = await upstream((_, res) => res.writeHead(307, { location: thief.url }).end());
    const { url } = await to(up, { secret: { env: 'SECRET' } });
    expect((await post(url)).status).toBe(502);
    expect(thief.seen).toHaveLength(0);
  });

  it('does not stand in the configuration, nor where it would change the message', async () => {
    const up = await upstream(answering());
    const wrong: [object, string][] = [
      [{ secret: SECRET }, 'servers.s.credentials.secret'],
      [{ secret: { env: 'ABSENT' } }, 'ABSENT, which is not set'],
      [{ secret: { env: 'SECRET' }, header: 'Mcp-Method' }, 'which is not for secrets'],
      [{}, 'needs secret or oauth'],
      [
        {
          secret: { env: 'SECRET' },
          oauth: { issuer: 'http://h', clientId: 'x', clientSecret: { env: 'SECRET' } },
        },
        'beside',
      ],
      [
        {
          oauth: {
            issuer: 'http://h',
            clientId: 'x',
            clientSecret: { env: 'SECRET' },
            grant: 'token-exchange',
          },
        },
        'needs resource or audience',
      ],
    ];
    for (const [credentials, message] of wrong) {
      const starting = to(up, credentials as CredentialsConfig);
      await expect(starting).rejects.toThrow(message);
      await expect(starting).rejects.toThrow(ConfigError);
      await starting.catch((error: Error) => expect(error.message).not.toContain(SECRET));
    }
  });
});

describe("a token in the gateway's own name", () => {
  it('is got once for all who need it, and shown until it expires', async () => {
    const endpoint = await tokenEndpoint();
    const up = await demanding(() => 'token-1');
    const { url } = await to(
      up,
      oauth(endpoint, { resource: 'https://shop.example/mcp', scopes: ['a', 'b'] }),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(url)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(endpoint.asked.map((asked) => Object.fromEntries(asked))).toEqual([
      { grant_type: 'client_credentials', resource: 'https://shop.example/mcp', scope: 'a b' },
    ]);
    expect(endpoint.authorizations[0]).toMatch(/^Basic /);
  });

  it('is renewed once where it is refused, and a call that was refused is sent again', async () => {
    const endpoint = await tokenEndpoint();
    let good = 'token-1';
    const up = await demanding(() => good);
    const { url } = await to(up, oauth(endpoint));
    await post(url);
    good = 'token-2';
    const answers = await Promise.all([post(url), post(url), post(url)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(endpoint.asked).toHaveLength(2);
    good = 'none';
    expect((await post(url)).json.error.data.reason).toBe('upstream-unauthorized');
    expect(endpoint.asked).toHaveLength(3);
  });

  it('leaves a call alone that a server refuses without a challenge: it may have run', async () => {
    const endpoint = await tokenEndpoint();
    const up = await upstream((_, res) => res.writeHead(401).end());
    const { url } = await to(up, oauth(endpoint));
    expect((await post(url)).status).toBe(502);
    expect(up.seen).toHaveLength(1);
    await post(url, { method: 'tools/list' });
    expect(up.seen).toHaveLength(3);
  });

  it('that cannot be got is 503, nothing is sent, and the next request tries again', async () => {
    const endpoint = await tokenEndpoint();
    const { answer } = endpoint;
    endpoint.answer = () => ({ status: 500, body: {} });
    const up = await demanding(() => 'token-2');
    const { url, events } = await to(up, oauth(endpoint));
    const { status, json } = await post(url, { id: 8 });
    expect([status, json.id, json.error.data.reason]).toEqual([503, 8, 'credentials-unavailable']);
    expect(up.seen).toHaveLength(0);
    endpoint.answer = answer;
    expect((await post(url)).status).toBe(200);
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });

  it('is not asked for again where the token endpoint sends us elsewhere', async () => {
    const thief = await tokenEndpoint();
    const endpoint = await tokenEndpoint();
    endpoint.answer = () => ({ status: 307, headers: { location: thief.url }, body: {} });
    const { url } = await to(await demanding(() => 'token-1'), oauth(endpoint));
    expect((await post(url)).status).toBe(503);
    expect(thief.asked).toHaveLength(0);
  });

  it('survives a reload that does not concern it', async () => {
    const endpoint = await tokenEndpoint();
    const up = await demanding(() => 'token-1');
    const servers = { s: { path: '/mcp', replicas: [up.url], credentials: oauth(endpoint) } };
    const { url, gateway } = await startGateway({ servers }, { env });
    await post(url);
    gateway.reload({ listen: { port: 0 }, servers, drain: '1s' });
    expect((await post(url)).status).toBe(200);
    expect(endpoint.asked).toHaveLength(1);
  });
});

describe("a token in the caller's name", () => {
  interface World {
    readonly endpoint: TokenEndpoint;
    readonly issuer: Issuer;
    readonly up: Upstream;
    readonly running: Running;
    call(token: string, call?: Call): Promise<Answer>;
  }

  /** Tokens of the endpoint say for whom they were issued. */
  async function world(rest: Partial<GatewayConfig> = {}): Promise<World> {
    const endpoint = await tokenEndpoint();
    endpoint.answer = (asked, n) => ({
      body: {
        access_token: `for.${asked.get('subject_token')?.slice(-10)}.${n}`,
        token_type: 'bearer',
        expires_in: 300,
      },
    });
    const issuer = await startIssuer();
    const up = await upstream(answering());
    const credentials = oauth(endpoint, { grant: 'token-exchange', audience: 'shop' });
    const running = await startGateway(
      {
        listen: { port: 0, publicUrl: PUBLIC },
        identify: { issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }], anonymous: true },
        servers: { s: { replicas: [up.url], credentials } },
        ...rest,
      },
      { env },
    );
    const call: World['call'] = (token, call = {}) =>
      post(running.url, {
        path: '/servers/s/mcp',
        ...call,
        headers: { authorization: `Bearer ${token}`, ...call.headers },
      });
    return { endpoint, issuer, up, running, call };
  }

  const audience = { aud: `${PUBLIC}/servers/s/mcp` };

  it('is traded for the caller’s own, which goes no further, and kept for that token alone', async () => {
    const { endpoint, issuer, up, call } = await world();
    const [ann, ben] = await Promise.all([
      issuer.sign({ ...audience, sub: 'ann' }),
      issuer.sign({ ...audience, sub: 'ben' }),
    ]);
    for (const token of [ann, ben, ann, ben]) expect((await call(token)).status).toBe(200);
    expect(up.seen.map(({ headers }) => headers.authorization)).toEqual(
      [1, 2, 1, 2].map((n) => `Bearer for.${(n === 1 ? ann : ben).slice(-10)}.${n}`),
    );
    expect(JSON.stringify(up.seen)).not.toContain(ann);
    expect(endpoint.asked).toHaveLength(2);
    expect(Object.fromEntries(endpoint.asked[0] ?? [])).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: ann,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'shop',
    });
  });

  it('is never another’s, however many ask at the same time', async () => {
    const { endpoint, issuer, up, call } = await world();
    const { answer } = endpoint;
    const held = deferred();
    endpoint.answer = (async (asked: URLSearchParams, n: number) => {
      await held.promise;
      return answer(asked, n);
    }) as unknown as TokenEndpoint['answer'];
    const tokens = await Promise.all(
      Array.from({ length: 5 }, (_, i) => issuer.sign({ ...audience, sub: `caller-${i}` })),
    );
    const calls = Array.from({ length: 50 }, (_, i) =>
      call(tokens[i % 5] ?? '', { headers: { 'x-mine': tokens[i % 5] ?? '' } }),
    );
    held.resolve();
    await Promise.all(calls);
    expect(endpoint.asked).toHaveLength(5);
    for (const { headers } of up.seen) {
      expect(headers.authorization).toContain(String(headers['x-mine']).slice(-10));
    }
  });

  it('is needed: without the caller’s there is none', async () => {
    const { running, up, endpoint } = await world();
    const { status, json } = await post(running.url, { path: '/servers/s/mcp' });
    expect([status, json.error.data.reason]).toEqual([403, 'caller-token-needed']);
    expect([up.seen, endpoint.asked]).toEqual([[], []]);
  });

  it('that the authorization server does not give is 403 for this caller', async () => {
    const { endpoint, issuer, up, call } = await world();
    endpoint.answer = () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'detail' } });
    const { status, text } = await call(await issuer.sign(audience));
    expect(status).toBe(403);
    expect(text).toContain('caller-not-admitted');
    expect(text).not.toContain('detail');
    expect(up.seen).toHaveLength(0);
    endpoint.answer = () => ({ status: 401, body: { error: 'invalid_client' } });
    expect((await call(await issuer.sign(audience))).status).toBe(503);
  });

  it('keeps what is private in the cache apart', async () => {
    const { issuer, up, call } = await world({ cache: {} });
    up.server.removeAllListeners('request');
    up.server.on('request', (req, res) => {
      req.resume();
      const result = { resultType: 'complete', tools: [], ttlMs: 60_000, cacheScope: 'public' };
      res.end(
        JSON.stringify({ jsonrpc: '2.0', id: 1, result: { ...result, whose: req.headers.authorization } }),
      );
    });
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta } });
    const [ann, ben] = await Promise.all([
      issuer.sign({ ...audience, sub: 'ann' }),
      issuer.sign({ ...audience, sub: 'ben' }),
    ]);
    for (const token of [ann, ben, ann]) {
      const { json } = await call(token, { method: 'tools/list', body });
      expect(json.result.whose).toContain(token.slice(-10));
      expect(json.result.cacheScope).toBe('private');
    }
  });
});

describe('credentials', () => {
  it('are not shown beside those of the caller', async () => {
    const up = await upstream(answering());
    const server = {
      replicas: [up.url],
      authorization: 'pass' as const,
      credentials: { secret: { env: 'SECRET' } },
    };
    await expect(startGateway({ servers: { s: server } }, { env })).rejects.toThrow(
      "gets none of the caller's",
    );
  });
});
