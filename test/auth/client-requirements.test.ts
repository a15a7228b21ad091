import { inspect } from 'node:util';
import { memoryCredentialStore } from '@switchyard/auth/client';
import { describe, expect, it } from 'vitest';
import { ISSUER, play, REQUEST, SERVER } from './play.ts';
import { REDIRECT_URI } from './world.ts';

const REGISTER = { registration: { client_name: 'Test' } };
const WITH_REGISTER = { registration_endpoint: `${ISSUER}/register` };

describe('scopes that are asked for', () => {
  it.each<[string, string | undefined, readonly string[] | undefined, string | null]>([
    ['those of the challenge, whatever the metadata say', 'Bearer scope="x y"', ['a', 'b'], 'x y'],
    ['else those of the metadata', 'Bearer', ['a', 'b'], 'a b'],
    ['else none', 'Bearer', undefined, null],
  ])('are %s [AUTH-028] [AUTH-029] [AUTH-031] [AUTH-032]', async (_, challenge, scopes, asked) => {
    const resource = scopes === undefined ? {} : { scopes_supported: scopes };
    const { outcome, visited } = play({ resource, ...(challenge === undefined ? {} : { challenge }) });
    expect(await outcome()).toBe('retry');
    expect(visited[0]?.searchParams.get('scope')).toBe(asked);
  });

  it('grow by those of an insufficient_scope challenge, at most twice for an operation [AUTH-030] [AUTH-050] [AUTH-051] [AUTH-052]', async () => {
    const { outcome, authorizer, visited } = play({ challenge: 'Bearer scope="a"' });
    await outcome();
    const demands = ['b', 'c', 'd'].map((scope) => `Bearer error="insufficient_scope", scope="${scope}"`);
    const outcomes: string[] = [];
    for (const demand of demands) outcomes.push(await demandMore(authorizer, demand));
    expect(outcomes).toEqual(['retry', 'retry', 'give-up']);
    expect(visited.map((page) => page.searchParams.get('scope'))).toEqual(['a', 'a b', 'a b c']);
    expect(await demandMore(authorizer, demands[2] ?? '', 'other')).toBe('retry');
    // Whoever signs in next has not been asked before.
    await authorizer.forget();
    await outcome();
    expect(await demandMore(authorizer, demands[2] ?? '')).toBe('retry');
  });

  it('are not asked for again where the server wants what was asked for already [AUTH-052]', async () => {
    const { outcome, authorizer, visited } = play({ challenge: 'Bearer scope="a"' });
    await outcome();
    expect(await demandMore(authorizer, 'Bearer error="insufficient_scope", scope="a"')).toBe('give-up');
    expect(await demandMore(authorizer, 'Bearer error="insufficient_scope"')).toBe('give-up');
    expect(await demandMore(authorizer, 'Bearer scope="b"')).toBe('give-up');
    expect(visited).toHaveLength(1);
  });

  it('contain offline_access only where the authorization server knows it and nobody forbids it', async () => {
    const as = { scopes_supported: ['offline_access'] };
    const asked = async (change: Parameters<typeof play>[0]) => {
      const { outcome, visited } = play({ challenge: 'Bearer scope="a"', ...change });
      await outcome();
      return visited[0]?.searchParams.get('scope');
    };
    expect(await asked({ as })).toBe('a offline_access');
    expect(await asked({})).toBe('a');
    expect(await asked({ as, options: { offlineAccess: false } })).toBe('a');
  });
});

describe('the token', () => {
  it('goes with every request, in the Authorization header, and in no URL [AUTH-043] [AUTH-044] [AUTH-045] [AUTH-046]', async () => {
    const { outcome, authorizer, fetched, visited } = play({});
    expect(await authorizer.authorize(REQUEST)).toEqual({});
    await outcome();
    for (const _ of [1, 2, 3])
      expect(await authorizer.authorize(REQUEST)).toEqual({ authorization: 'Bearer token-1' });
    expect(await authorizer.authorize({ ...REQUEST, url: ISSUER })).toEqual({});
    expect([...fetched, ...visited.map(String)].filter((url) => url.includes('token-1'))).toEqual([]);
  });

  it('stands in no error and no notice [AUTH-208] [AUTH-047]', async () => {
    const notices: object[] = [];
    const token = (form: URLSearchParams) =>
      form.get('grant_type') === 'refresh_token'
        ? { access_token: '', error_description: 'secret-refresh secret-access' }
        : { access_token: 'secret-access', refresh_token: 'secret-refresh', expires_in: 0 };
    const { outcome, authorizer, tokenRequests } = play({
      token,
      options: { onNotice: (n) => notices.push(n) },
    });
    await outcome();
    const failure: unknown = await authorizer.authorize(REQUEST).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'token-request' });
    const shown = inspect(failure, { depth: null });
    expect(shown + JSON.stringify(failure) + JSON.stringify(notices)).not.toContain('secret');
    expect(tokenRequests.filter((form) => form.get('refresh_token') === 'secret-refresh')).toHaveLength(1);
  });

  it.each([
    { body: '{"access_token": "secret", "token_type": ' },
    { body: '"secret"' },
    { body: '{"access_token": "secret", "token_type": "mac"}' },
    { body: '{"error": "invalid_request", "access_token": "secret"}', status: 400 },
  ])(
    'stands in no error about an answer that cannot be read: %j [AUTH-208]',
    async ({ body, status = 200 }) => {
      const headers = { 'content-type': 'application/json' };
      const { outcome } = play({
        respond: (url) => (url === `${ISSUER}/token` ? new Response(body, { status, headers }) : undefined),
      });
      const failure: unknown = await outcome().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'token-request', cause: expect.any(Error) });
      expect(inspect(failure, { depth: null })).not.toContain('secret');
    },
  );

  it('is asked for anew when it has expired and nothing refreshes it [AUTH-049]', async () => {
    const { outcome, authorizer, visited } = play({ token: () => ({ expires_in: 0 }) });
    await outcome();
    expect(await authorizer.authorize(REQUEST)).toEqual({});
    expect(visited).toHaveLength(1);
  });
});

describe('the resource', () => {
  it.each([SERVER, 'https://mcp.example.com', 'https://mcp.example.com/', 'HTTPS://MCP.example.com/mcp'])(
    'is named as %s, as the server does, in every request [AUTH-037] [AUTH-038] [AUTH-039] [AUTH-040] [AUTH-041] [AUTH-042]',
    async (resource) => {
      const token = () => ({ expires_in: 0, refresh_token: 'again' });
      const { outcome, authorizer, visited, tokenRequests } = play({ resource: { resource }, token });
      await outcome();
      await authorizer.authorize(REQUEST);
      expect(visited[0]?.searchParams.get('resource')).toBe(resource);
      expect(tokenRequests.map((form) => [form.get('grant_type'), form.get('resource')])).toEqual([
        ['authorization_code', resource],
        ['refresh_token', resource],
      ]);
    },
  );
});

describe('a sign-in', () => {
  it('has a fresh state, a fresh S256 challenge and the verifier that fits it [AUTH-033] [AUTH-211] [AUTH-212] [AUTH-215]', async () => {
    const { outcome, authorizer, visited, tokenRequests } = play({});
    await outcome();
    await authorizer.forget();
    await outcome();
    const [first, second] = visited.map((page) => page.searchParams);
    for (const name of ['state', 'code_challenge']) expect(first?.get(name)).not.toBe(second?.get(name));
    expect(first?.get('code_challenge_method')).toBe('S256');
    const verifier = new TextEncoder().encode(tokenRequests[0]?.get('code_verifier') ?? '');
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', verifier)).toString('base64url');
    expect(digest).toBe(first?.get('code_challenge'));
  });

  it.each<[string, number, string | null, Record<string, string>]>([
    ['in a body', 400, '{"error":"use_dpop_nonce"}', {}],
    ['in a body beside a challenge', 401, '{"error":"use_dpop_nonce"}', { 'www-authenticate': 'DPoP' }],
    ['by a challenge alone', 401, null, { 'www-authenticate': 'DPoP error="use_dpop_nonce"' }],
  ])('shows the nonce that the token endpoint asks for %s', async (_, status, body, headers) => {
    const asked: string[] = [];
    const { outcome, authorizer } = play({
      token: () => ({ token_type: 'DPoP' }),
      respond: (url) => {
        if (!url.endsWith('/token') || asked.push(url) > 1) return undefined;
        const type = { 'content-type': 'application/json', 'dpop-nonce': 'n-1' };
        return new Response(body, { status, headers: { ...type, ...headers } });
      },
      options: { dpop: true },
    });
    expect(await outcome()).toBe('retry');
    expect(await authorizer.authorize(REQUEST)).toMatchObject({ authorization: 'DPoP token-1' });
    expect(asked).toHaveLength(2);
  });

  it.each(['http://app.example.com/callback', 'myapp://callback'])(
    'does not come back to %s [AUTH-210] [AUTH-209]',
    async (redirectUri) => {
      const { outcome, visited } = play({ redirectUri });
      await expect(outcome()).rejects.toThrow('redirect URI');
      expect(visited).toEqual([]);
    },
  );
});

describe('the identity of a client', () => {
  const metadataUrl = 'https://app.example.com/client.json';

  it('is agreed on beforehand, else its metadata URL, else registered [AUTH-024] [AUTH-301] [AUTH-302] [AUTH-307] [AUTH-309]', async () => {
    const preRegistered = [
      { clientId: 'elsewhere', issuer: 'https://other.example.com' },
      { clientId: 'here', issuer: ISSUER },
    ];
    const as = { ...WITH_REGISTER, client_id_metadata_document_supported: true };
    const used = async (change: Parameters<typeof play>[0]) => {
      const { outcome, visited } = play(change);
      await outcome();
      return visited[0]?.searchParams.get('client_id');
    };
    expect(await used({ as, identity: { preRegistered, metadataUrl, ...REGISTER } })).toBe('here');
    expect(await used({ as, identity: { metadataUrl, ...REGISTER } })).toBe(metadataUrl);
    expect(await used({ as, identity: REGISTER })).toBe('client-1');
  });

  it('is not its metadata URL where the authorization server does not say that it takes one [AUTH-308]', async () => {
    const { outcome, visited } = play({ as: WITH_REGISTER, identity: { metadataUrl, ...REGISTER } });
    await outcome();
    expect(visited[0]?.searchParams.get('client_id')).toBe('client-1');
  });

  it('may be missing, and then the error says what to do [AUTH-027] [AUTH-301]', async () => {
    for (const identity of [{}, { metadataUrl }, REGISTER]) {
      const { outcome, visited } = play({ identity });
      await expect(outcome()).rejects.toMatchObject({
        code: 'registration',
        message: expect.stringContaining('pre-registered'),
      });
      expect(visited).toEqual([]);
    }
  });

  it.each([
    'http://app.example.com/client.json',
    'https://app.example.com',
    'https://app.example.com/#x',
    'client',
  ])('cannot be the metadata URL %s [AUTH-305]', (wrong) => {
    expect(() => play({ identity: { metadataUrl: wrong } })).toThrow(TypeError);
  });

  it.each([
    ['http://127.0.0.1:7999/callback', 'native'],
    ['http://localhost:7999/callback', 'native'],
    ['https://app.example.com/callback', 'web'],
  ])(
    'is registered for %s as %s, with refresh tokens [AUTH-310] [AUTH-311] [AUTH-312] [AUTH-048] [AUTH-214]',
    async (redirectUri, type) => {
      const { outcome, registrations, visited } = play({
        as: WITH_REGISTER,
        identity: REGISTER,
        redirectUri,
      });
      await outcome();
      expect(registrations).toEqual([
        {
          client_name: 'Test',
          application_type: type,
          redirect_uris: [redirectUri],
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'none',
        },
      ]);
      expect(visited[0]?.searchParams.get('redirect_uri')).toBe(redirectUri);
    },
  );

  it('may be refused, and then the error says what was [AUTH-313] [AUTH-314]', async () => {
    const { outcome } = play({
      as: WITH_REGISTER,
      identity: REGISTER,
      respond: (url) =>
        url.endsWith('/register')
          ? Response.json({ error: 'invalid_redirect_uri' }, { status: 400 })
          : undefined,
    });
    await expect(outcome()).rejects.toMatchObject({
      code: 'registration',
      oauthError: 'invalid_redirect_uri',
      message: expect.stringMatching(/native.*http:\/\/127\.0\.0\.1:7999\/callback.*invalid_redirect_uri/),
    });
  });

  it('stands, with its secret, in no error about an answer that cannot be read', async () => {
    const bodies = ['secret', '{"client_id": 7, "client_secret": "secret"}'];
    for (const body of bodies) {
      const respond = (url: string) =>
        url.endsWith('/register') ? new Response(body, { status: 201 }) : undefined;
      const { outcome } = play({ as: WITH_REGISTER, identity: REGISTER, respond });
      const failure: unknown = await outcome().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'registration', cause: expect.any(Error) });
      expect(inspect(failure, { depth: null })).not.toContain('secret');
    }
  });

  it('is another at another authorization server, and so are the tokens [AUTH-103] [AUTH-104] [AUTH-315] [AUTH-316] [AUTH-317]', async () => {
    const store = memoryCredentialStore();
    const world = play({
      as: WITH_REGISTER,
      identity: REGISTER,
      options: { store },
      token: () => ({ refresh_token: 'old' }),
    });
    await world.outcome();
    const sent = { ...REQUEST, headers: await world.authorizer.authorize(REQUEST) };
    const other = 'https://second.example.com';
    moveTo(world.documents, other);
    const challenge = {
      status: 401,
      headers: new Headers({ 'www-authenticate': 'Bearer error="invalid_token"' }),
    };
    expect(await world.authorizer.challenged(challenge, sent)).toBe('retry');
    expect(world.registrations).toHaveLength(2);
    expect(world.visited.map((page) => [page.origin, page.searchParams.get('client_id')])).toEqual([
      [ISSUER, 'client-1'],
      [other, 'client-2'],
    ]);
    expect(world.tokenRequests.map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'authorization_code',
    ]);
    // The first one is still known where it belongs.
    expect(JSON.parse((await store.read(`client:${ISSUER}`)) ?? '')).toMatchObject([
      { clientId: 'client-1' },
    ]);
  });

  it('is one that was registered before, which may be kept by itself', async () => {
    const store = memoryCredentialStore();
    const kept = { issuer: ISSUER, clientId: 'kept', redirectUri: REDIRECT_URI };
    await store.write(`client:${ISSUER}`, JSON.stringify(kept));
    const { outcome, registrations, visited } = play({
      as: WITH_REGISTER,
      identity: REGISTER,
      options: { store },
    });
    expect(await outcome()).toBe('retry');
    expect(registrations).toEqual([]);
    expect(visited[0]?.searchParams.get('client_id')).toBe('kept');
  });

  it('that was agreed on with another authorization server is not used [AUTH-318]', async () => {
    const world = play({ identity: { preRegistered: [{ clientId: 'app' }] } });
    await world.outcome();
    moveTo(world.documents, 'https://second.example.com');
    await world.authorizer.forget();
    await expect(world.outcome()).rejects.toMatchObject({ code: 'issuer-mismatch' });
    expect(world.visited).toHaveLength(1);
  });
});

// ---

function demandMore(
  authorizer: ReturnType<typeof play>['authorizer'],
  challenge: string,
  tool = 'write',
): Promise<'retry' | 'give-up'> {
  const request = { ...REQUEST, headers: { 'mcp-method': 'tools/call', 'mcp-name': tool } };
  return authorizer.challenged(
    { status: 403, headers: new Headers({ 'www-authenticate': challenge }) },
    request,
  );
}

/** The server names another authorization server from now on. */
function moveTo(documents: Map<string, object>, issuer: string): void {
  const place = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';
  documents.set(place, { resource: SERVER, authorization_servers: [issuer] });
  documents.set(`${issuer}/.well-known/oauth-authorization-server`, {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    code_challenge_methods_supported: ['S256'],
  });
}
