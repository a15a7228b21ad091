import {
  type AuthorizerOptions,
  authLink,
  createAuthorizer,
  memoryCredentialStore,
} from '@switchyard/auth/client';
import { createResourceVerifier, memoryReplayStore } from '@switchyard/auth/resource';
import { createClient, inProcessLink } from '@switchyard/client';
import { createServer } from '@switchyard/server';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

const URL_OF_SERVER = 'http://127.0.0.1:7998/mcp';
const REQUEST = { url: URL_OF_SERVER, method: 'POST', headers: {} };
const LIFETIME_MS = 300_000;

describe('a resource that wants nonces in proofs', () => {
  it('gives one to whoever has none, on any instance, and takes it on any other', async () => {
    const { client, sent } = await setup();
    expect((await client.callTool('who')).content).toEqual([{ type: 'text', text: 'ann' }]);
    await client.callTool('who');
    // Without a token, without a nonce, then with one: each time at another instance.
    expect(sent.map(({ status }) => status)).toEqual([401, 401, 200, 200]);
    const [, refused, first, second] = sent;
    expect(refused?.challenge).toMatch(/^DPoP error="use_dpop_nonce"/);
    expect(refused?.challenge).not.toContain('Bearer');
    expect(refused?.headers).toMatchObject({ 'cache-control': 'no-store' });
    const given = refused?.headers['dpop-nonce'];
    expect([first?.nonce, second?.nonce]).toEqual([given, given]);
  });

  it('gives it to many calls at once, none of which fails', async () => {
    const { client, sent } = await setup();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.callTool('who')));
    expect(answers.map(({ isError }) => isError)).toEqual(Array(10).fill(undefined));
    expect(sent.filter(({ status }) => status === 200)).toHaveLength(10);
  });

  it('renews it before it is too old, so that nothing is refused', async () => {
    const { serve, authorizer, clock, client, sent } = await setup();
    await client.callTool('who');
    const old = sent.at(-1)?.nonce;
    clock.offset += LIFETIME_MS;
    const headers = await authorizer.authorize(REQUEST);
    const answer = await serve(call(headers));
    const renewed = answer.headers.get('dpop-nonce');
    expect([answer.status, renewed]).toEqual([200, expect.any(String)]);
    expect(renewed).not.toBe(old);
    authorizer.answered(answer, { ...REQUEST, headers });
    const next = await serve(call(await authorizer.authorize(REQUEST)));
    expect([next.status, next.headers.get('dpop-nonce'), sent.at(-1)?.nonce]).toEqual([200, null, renewed]);
  });

  it('asks for another where one is too old, and costs one more request', async () => {
    const { client, clock, sent } = await setup();
    await client.callTool('who');
    sent.length = 0;
    clock.offset += 2 * LIFETIME_MS;
    await client.callTool('who');
    expect(sent.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('takes no proof that was made for later, while the key was at hand', async () => {
    const { serve, authorizer, clock, client, forge } = await setup();
    await client.callTool('who');
    const headers = await authorizer.authorize(REQUEST);
    const inTenMinutes = await forge(headers, 2 * LIFETIME_MS);
    clock.offset += 2 * LIFETIME_MS;
    const answer = await serve(call(inTenMinutes));
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="use_dpop_nonce"'),
    ]);
  });

  it('still takes a proof once', async () => {
    const { serve, authorizer, client } = await setup();
    await client.callTool('who');
    const headers = await authorizer.authorize(REQUEST);
    expect((await serve(call(headers))).status).toBe(200);
    const again = await serve(call(headers));
    expect([again.status, again.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_dpop_proof"'),
    ]);
  });

  it('needs a way to add headers to the answer', async () => {
    const { verifiers, authorizer, client, forge } = await setup();
    await client.callTool('who');
    const headers = new Headers(await forge(await authorizer.authorize(REQUEST), 0, 'none of ours'));
    const header = (name: string) => headers.get(name) ?? undefined;
    await expect(verifiers[0]?.authenticate({ verb: 'POST', header })).rejects.toThrow(TypeError);
  });
});

// ---

interface Sent {
  readonly nonce: unknown;
  readonly status: number;
  readonly challenge: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Three instances behind a round robin, and a client that signs in with a key. */
async function setup() {
  const world = await createWorld();
  const clock = { offset: 0 };
  const now = () => Date.now() + clock.offset;
  const replay = memoryReplayStore({ now });
  world.as.behaviour.accessTokenSeconds = 3_600;
  const verifiers = Array.from({ length: 3 }, () =>
    createResourceVerifier({
      resource: URL_OF_SERVER,
      issuers: [{ issuer: world.as.issuer }],
      dpop: {
        required: true,
        replay,
        nonces: { secrets: ['a secret of more than thirty-two characters'], lifetimeMs: LIFETIME_MS },
      },
      now,
    }),
  );
  const instances = verifiers.map((verifier) => {
    const server = createServer(
      { name: 'nonces', version: '1.0.0' },
      { authenticate: verifier.authenticate },
    );
    server.registerTool('who', {}, ({ principal }) => principal.subject);
    return { verifier, server };
  });
  const sent: Sent[] = [];
  let turn = 0;
  const serve = async (request: Request): Promise<Response> => {
    const instance = instances[turn++ % instances.length];
    if (instance === undefined) throw new Error('There is no instance.');
    const document = instance.verifier.handleMetadata(request);
    if (document !== undefined) return document;
    const proof = request.headers.get('dpop');
    const response = await instance.server.fetch(request);
    sent.push({
      nonce: proof === null ? undefined : decodeJwt(proof)['nonce'],
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      headers: Object.fromEntries(response.headers),
    });
    return response;
  };
  const fetch: typeof world.fetch = (url, init) =>
    url.startsWith('http://127.0.0.1:7998/') ? serve(new Request(url, init)) : globalThis.fetch(url, init);
  const store = memoryCredentialStore();
  const kept: string[] = [];
  const options: Partial<AuthorizerOptions> = {
    fetch,
    environment: { now, sleep: () => Promise.resolve() },
    store: {
      ...store,
      async write(key, value) {
        kept.push(value);
        return store.write(key, value);
      },
    },
  };
  const authorizer = createAuthorizer(world.options(options));
  const client = createClient({
    link: inProcessLink(serve, URL_OF_SERVER),
    links: [authLink(authorizer, URL_OF_SERVER)],
  });
  /** The same proof for a later time, made with the key. */
  const forge = async (headers: Record<string, string>, laterMs: number, nonce?: string) => {
    const { dpop = '' } = headers;
    const claims = decodeJwt(dpop);
    const { dpopKey } = kept.map((text) => JSON.parse(text)).find((record) => record.dpopKey !== undefined);
    const forged = new SignJWT({
      ...claims,
      ...(nonce === undefined ? {} : { nonce }),
      iat: (claims.iat ?? 0) + laterMs / 1_000,
      jti: crypto.randomUUID(),
    });
    const header = { ...decodeProtectedHeader(dpop), alg: 'ES256' };
    return {
      ...headers,
      dpop: await forged.setProtectedHeader(header).sign(await importJWK(dpopKey, 'ES256')),
    };
  };
  return { verifiers, serve, authorizer, client, clock, sent, forge };
}

function call(headers: Readonly<Record<string, string>>): Request {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name: 'who', arguments: {}, _meta };
  return new Request(URL_OF_SERVER, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'who',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  });
}
