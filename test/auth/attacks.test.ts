import {
  type AuthNotice,
  type AuthorizerOptions,
  authorizationCode,
  createAuthorizer,
  type Fetch,
} from '@switchyard/auth/client';
import { describe, expect, it } from 'vitest';
import { createReceiver } from './world.ts';

const SERVER = 'https://mcp.example.com/mcp';
const ISSUER = 'https://auth.example.com';
const REQUEST = { url: SERVER, method: 'POST', headers: {} };

describe('a server that lies about its authorization server', () => {
  it('is not believed: metadata of another issuer', async () => {
    const { outcome, tokenRequests } = play({ as: { issuer: 'https://honest.example.com' } });
    await expect(outcome()).rejects.toMatchObject({ code: 'issuer-mismatch' });
    expect(tokenRequests).toEqual([]);
  });

  it.each([`${ISSUER}/`, 'https://AUTH.example.com', `${ISSUER}:443`])(
    'is not believed: an issuer written otherwise (%s), unless just that is trusted',
    async (issuer) => {
      await expect(play({ as: { issuer } }).outcome()).rejects.toMatchObject({ code: 'issuer-mismatch' });
      const other = { advertised: ISSUER, issuer: `${issuer}x` };
      const wrong = play({ as: { issuer }, options: { trust: { issuers: [other] } } });
      await expect(wrong.outcome()).rejects.toMatchObject({ code: 'issuer-mismatch' });
      const notices: AuthNotice[] = [];
      const trust = { issuers: [{ advertised: ISSUER, issuer }] };
      const right = play({ as: { issuer }, options: { trust, onNotice: (notice) => notices.push(notice) } });
      expect(await right.outcome()).toBe('retry');
      expect(notices).toContainEqual({ type: 'issuer-exception', advertised: ISSUER, issuer });
    },
  );

  it.each([
    'https://other.example.com/mcp',
    'https://mcp.example.com/mc',
    'https://mcp.example.com/mcp/deeper',
    'mcp',
    7,
  ])('is not believed: the metadata of another resource (%s)', async (resource) => {
    const { outcome, visited } = play({ resource: { resource } });
    await expect(outcome()).rejects.toMatchObject({ code: 'resource-mismatch' });
    expect(visited).toEqual([]);
  });

  it('is believed about a resource that is trusted by name, and about one above it', async () => {
    const resource = 'https://api.example.com/v1';
    expect(await play({ resource: { resource }, options: { trust: { resource } } }).outcome()).toBe('retry');
    const above = play({ resource: { resource: 'https://mcp.example.com' } });
    expect(await above.outcome()).toBe('retry');
    expect(above.tokenRequests[0]?.get('resource')).toBe('https://mcp.example.com');
  });
});

describe('an authorization response', () => {
  it.each<[string, (answer: URLSearchParams) => void, object]>([
    ['of another issuer', (answer) => answer.set('iss', 'https://evil.example.com'), {}],
    ['of an issuer written otherwise', (answer) => answer.set('iss', `${ISSUER}/`), {}],
    [
      'without issuer where one is promised',
      () => undefined,
      { authorization_response_iss_parameter_supported: true },
    ],
    ['of another sign-in', (answer) => answer.set('state', 'other'), {}],
    ['without state', (answer) => answer.delete('state'), {}],
    ['with two states', (answer) => answer.append('state', 'other'), {}],
    [
      'that is an error of another issuer',
      (answer) => {
        answer.set('error', 'x');
        answer.set('iss', 'https://evil.example.com');
      },
      {},
    ],
    ['with a token in it', (answer) => answer.set('token', 'x'), {}],
  ])('%s is discarded before the code goes anywhere', async (_, change, as) => {
    const { outcome, tokenRequests } = play({ as, answer: change });
    await expect(outcome()).rejects.toMatchObject({ code: 'authorization-response' });
    expect(tokenRequests).toEqual([]);
  });

  it('with the right issuer counts, promised or not', async () => {
    const answer = (parameters: URLSearchParams) => parameters.set('iss', ISSUER);
    expect(await play({ answer }).outcome()).toBe('retry');
    const as = { authorization_response_iss_parameter_supported: true };
    expect(await play({ as, answer }).outcome()).toBe('retry');
  });

  it('that is an error does not show what the server wrote', async () => {
    const { outcome } = play({
      answer: (parameters) => {
        parameters.delete('code');
        parameters.set('error', 'access_denied');
        parameters.set('error_description', 'Call 555-0100 now');
      },
    });
    const error = await outcome().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'denied', oauthError: 'access_denied' });
    expect(String(error)).not.toContain('555');
  });
});

describe('an authorization server', () => {
  it.each([{ code_challenge_methods_supported: undefined }, { code_challenge_methods_supported: ['plain'] }])(
    'without PKCE is not used: %j',
    async (as) => {
      const { outcome, visited } = play({ as });
      await expect(outcome()).rejects.toMatchObject({ code: 'unsupported' });
      expect(visited).toEqual([]);
    },
  );

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://auth.example.com/authorize',
    'https://user:pass@auth.example.com/authorize',
    'https://127.0.0.1/authorize',
    'vscode://evil/x',
  ])('cannot have the browser open %s', async (authorization_endpoint) => {
    const { outcome, visited } = play({ as: { authorization_endpoint } });
    await expect(outcome()).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(visited).toEqual([]);
  });

  it.each([
    'http://auth.example.com/token',
    'https://169.254.169.254/token',
    'https://[::ffff:10.0.0.1]/token',
    'https://localhost/token',
  ])('cannot have the code sent to %s', async (token_endpoint) => {
    const { outcome, tokenRequests } = play({ as: { token_endpoint } });
    await expect(outcome()).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(tokenRequests).toEqual([]);
  });

  it('cannot pass the code on by a redirect', async () => {
    const { outcome, tokenRequests } = play({
      respond: (url) =>
        url === `${ISSUER}/token`
          ? new Response(null, { status: 307, headers: { location: 'https://evil.example.com/token' } })
          : undefined,
    });
    await expect(outcome()).rejects.toMatchObject({ code: 'token-request' });
    expect(tokenRequests).toEqual([]);
  });
});

describe('a challenge', () => {
  it.each([
    'http://mcp.example.com/metadata',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.7/metadata',
    'https://[fd00::1]/metadata',
    'https://0x7f.1/metadata',
    'https://2130706433/metadata',
    'https://localhost./metadata',
    'ftp://mcp.example.com/metadata',
  ])('cannot have us fetch %s', async (metadata) => {
    const { outcome, fetched } = play({ metadata });
    await expect(outcome()).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(fetched).toEqual([]);
  });

  it('cannot lead into a private network by a redirect, or in circles', async () => {
    const redirect = (location: string) => () => new Response(null, { status: 302, headers: { location } });
    const inside = play({ respond: redirect('https://192.168.0.1/') });
    await expect(inside.outcome()).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(inside.fetched).toHaveLength(1);
    const circle = play({ respond: redirect('https://mcp.example.com/again') });
    await expect(circle.outcome()).rejects.toMatchObject({ code: 'discovery' });
    expect(circle.fetched).toHaveLength(4);
  });

  it('cannot lead into a private network by a name', async () => {
    const resolve = async (host: string) =>
      host === 'mcp.example.com' ? ['93.184.216.34'] : ['93.184.216.34', '10.0.0.1'];
    const { outcome, fetched } = play({ options: { resolve } });
    await expect(outcome()).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(fetched).toEqual(['https://mcp.example.com/.well-known/oauth-protected-resource/mcp']);
  });

  it('cannot fill the memory', async () => {
    let sent = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 1;
            controller.enqueue(new Uint8Array(65_536));
          },
        }),
      );
    const { outcome } = play({ respond: endless });
    await expect(outcome()).rejects.toMatchObject({ code: 'discovery' });
    expect(sent).toBeLessThan(10);
  });
});

describe('the metadata of a server', () => {
  it.each<[string, readonly string[]]>([
    ['https://mcp.example.com/.well-known/oauth-protected-resource/mcp', []],
    ['https://mcp.example.com/.well-known/oauth-protected-resource', ['/mcp']],
  ])('are found at %s', async (place, before) => {
    const { outcome, fetched } = play({ metadataAt: place });
    expect(await outcome()).toBe('retry');
    expect(fetched.slice(0, before.length + 1)).toEqual([
      ...before.map((path) => `https://mcp.example.com/.well-known/oauth-protected-resource${path}`),
      place,
    ]);
  });

  it('are looked for nowhere else where the challenge says where they are', async () => {
    const { outcome, fetched } = play({ metadata: 'https://mcp.example.com/elsewhere' });
    await expect(outcome()).rejects.toMatchObject({ code: 'discovery' });
    expect(fetched).toEqual(['https://mcp.example.com/elsewhere']);
  });

  it.each([
    ['https://auth.example.com/tenant/.well-known/openid-configuration'],
    ['https://auth.example.com/.well-known/openid-configuration/tenant'],
    ['https://auth.example.com/.well-known/oauth-authorization-server/tenant'],
  ])('lead to those of the authorization server, at %s', async (place) => {
    const issuer = 'https://auth.example.com/tenant';
    const { outcome } = play({
      resource: { authorization_servers: [issuer] },
      as: { issuer },
      asAt: place,
    });
    expect(await outcome()).toBe('retry');
  });
});

// ---

interface Play {
  /** Changes to the metadata of the resource. */
  readonly resource?: object;
  /** Changes to the metadata of the authorization server. */
  readonly as?: object;
  readonly metadataAt?: string;
  readonly asAt?: string;
  /** Changes what the user comes back with. */
  readonly answer?: (parameters: URLSearchParams) => unknown;
  /** The `resource_metadata` of the challenge. */
  readonly metadata?: string;
  readonly respond?: (url: string) => Response | undefined;
  readonly options?: Partial<AuthorizerOptions>;
}

/** A sign-in at a public server, with everything in it under the control of the test. */
function play(play: Play) {
  const fetched: string[] = [];
  const tokenRequests: URLSearchParams[] = [];
  const visited: URL[] = [];
  const documents = documentsOf(play);
  const fetch: Fetch = async (url, init) => {
    fetched.push(url);
    const special = play.respond?.(url);
    if (special !== undefined) return special;
    if (init.method === 'POST') {
      tokenRequests.push(new URLSearchParams(String(init.body)));
      return Response.json({ access_token: 'token', token_type: 'Bearer' });
    }
    return documents.has(url) ? Response.json(documents.get(url)) : new Response(null, { status: 404 });
  };
  const receiver = createReceiver();
  const authorizer = createAuthorizer({
    url: SERVER,
    fetch,
    grant: authorizationCode({
      preRegistered: [{ clientId: 'app' }],
      receiver,
      openBrowser: (page) => {
        visited.push(page);
        const back = new URL(page.searchParams.get('redirect_uri') ?? '');
        back.search = new URLSearchParams({
          code: 'code',
          state: page.searchParams.get('state') ?? '',
        }).toString();
        play.answer?.(back.searchParams);
        receiver.arrive(back);
      },
    }),
    ...play.options,
  });
  const value = play.metadata === undefined ? 'Bearer' : `Bearer resource_metadata="${play.metadata}"`;
  const headers = new Headers({ 'www-authenticate': value });
  const outcome = () => authorizer.challenged({ status: 401, headers }, REQUEST);
  return { outcome, fetched, tokenRequests, visited };
}

function documentsOf({ resource, as, metadataAt, asAt }: Play): ReadonlyMap<string, object> {
  return new Map<string, object>([
    [
      metadataAt ?? 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp',
      { resource: SERVER, authorization_servers: [ISSUER], ...resource },
    ],
    [
      asAt ?? `${ISSUER}/.well-known/oauth-authorization-server`,
      {
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        code_challenge_methods_supported: ['S256'],
        ...as,
      },
    ],
  ]);
}
