import { inspect } from 'node:util';
import { AuthError, type AuthNotice, clientCredentials, createAuthorizer } from '@switchyard/auth/client';
import { describe, expect, it } from 'vitest';
import { ISSUER, play } from './play.ts';

describe('a server that lies about its authorization server', () => {
  it('is not believed: metadata of another issuer [AUTH-111]', async () => {
    const { outcome, tokenRequests } = play({ as: { issuer: 'https://honest.example.com' } });
    await expect(outcome()).rejects.toMatchObject({ code: 'issuer-mismatch' });
    expect(tokenRequests).toEqual([]);
  });

  it.each([`${ISSUER}/`, 'https://AUTH.example.com', `${ISSUER}:443`])(
    'is not believed: an issuer written otherwise (%s), unless just that is trusted [AUTH-111]',
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

describe('the name of an authorization server', () => {
  it.each([
    ['with a query', `${ISSUER}/?x`],
    ['with a fragment', `${ISSUER}/#x`],
    ['with a blank', `${ISSUER}/a b`],
    ['with a line break', `${ISSUER}/\n[info] all is well`],
    ['with an escape sequence', `${ISSUER}/\u001b[2J`],
    ['of great length', `${ISSUER}/${'x'.repeat(2_048)}`],
    ['that is no URL', 'auth.example.com'],
  ])('%s is refused, and not repeated', async (_, issuer) => {
    const { outcome, fetched } = play({ resource: { authorization_servers: [issuer] } });
    const error = await outcome().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'discovery' });
    expect(String(error)).not.toContain(issuer);
    expect(fetched).toHaveLength(1);
  });
});

describe('an error about a server', () => {
  it.each([
    { resource: 'https://other.example.com/mcp?own=secret' },
    { resource: 'https://mcp.example.com/mcp?key=other-secret' },
    { authorization_servers: [] },
  ])('does not show its query, which may hold a key: %j', async (resource) => {
    const url = 'https://mcp.example.com/mcp?key=secret';
    const metadataAt = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp?key=secret';
    const { authorizer } = play({ resource, metadataAt, options: { url } });
    const challenge = { status: 401, headers: new Headers({ 'www-authenticate': 'Bearer' }) };
    const outcome = authorizer.challenged(challenge, { url, method: 'POST', headers: {} });
    const error = await outcome.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AuthError);
    expect(String(error)).toContain('https://mcp.example.com/mcp');
    expect(inspect(error, { depth: null })).not.toContain('secret');
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
  ])(
    '%s is discarded before the code goes anywhere [AUTH-034] [AUTH-035] [AUTH-036]',
    async (_, change, as) => {
      const answer = (parameters: URLSearchParams) => {
        parameters.set('code', 'secret');
        change(parameters);
      };
      const { outcome, tokenRequests, visited } = play({ as, answer });
      const error = await outcome().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'authorization-response' });
      expect(tokenRequests).toEqual([]);
      for (const secret of ['secret', visited[0]?.searchParams.get('state')])
        expect(inspect(error, { depth: null })).not.toContain(secret);
    },
  );

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
    'without PKCE is not used: %j [AUTH-213]',
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

  it('cannot turn a name private once it was looked at: what was looked at is what is dialled', async () => {
    const answers = new Map<string, string[]>();
    const resolve = async (host: string) => {
      const left = answers.get(host) ?? ['93.184.216.34', '93.184.216.35', '10.0.0.1'];
      answers.set(host, left.slice(1));
      return left.slice(0, 1);
    };
    const { outcome, fetched, dialled, tokenRequests } = play({ options: { resolve } });
    // The third look, at the token endpoint, finds it private.
    await expect(outcome()).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(fetched).toEqual([
      'https://mcp.example.com/.well-known/oauth-protected-resource/mcp',
      `${ISSUER}/.well-known/oauth-authorization-server`,
    ]);
    expect(dialled).toEqual([['93.184.216.34'], ['93.184.216.34']]);
    expect(tokenRequests).toEqual([]);
  });

  it('of a server in a private network cannot lead to this machine by a name', async () => {
    const asked: string[] = [];
    const authorizer = createAuthorizer({
      url: 'https://10.0.0.7/mcp',
      grant: clientCredentials({ clientId: 'app', clientSecret: 'secret' }),
      resolve: async (host) => {
        asked.push(host);
        return host === 'inside.example.com' ? ['10.0.0.8'] : ['127.0.0.1'];
      },
      fetch: async (url) => new Response(null, { status: 404, headers: { 'x-asked': url } }),
    });
    const outcome = (metadata: string) =>
      authorizer.challenged(
        {
          status: 401,
          headers: new Headers({ 'www-authenticate': `Bearer resource_metadata="${metadata}"` }),
        },
        { url: 'https://10.0.0.7/mcp', method: 'POST', headers: {} },
      );
    await expect(outcome('https://here.example.com/x')).rejects.toMatchObject({ code: 'forbidden-address' });
    await expect(outcome('https://inside.example.com/x')).rejects.toMatchObject({ code: 'discovery' });
    expect(asked).toEqual(['here.example.com', 'inside.example.com']);
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
  ])('are found at %s [AUTH-106]', async (place, before) => {
    const { outcome, fetched } = play({ metadataAt: place });
    expect(await outcome()).toBe('retry');
    expect(fetched.slice(0, before.length + 1)).toEqual([
      ...before.map((path) => `https://mcp.example.com/.well-known/oauth-protected-resource${path}`),
      place,
    ]);
  });

  it('are looked for nowhere else where the challenge says where they are [AUTH-105]', async () => {
    const { outcome, fetched } = play({ metadata: 'https://mcp.example.com/elsewhere' });
    await expect(outcome()).rejects.toMatchObject({ code: 'discovery' });
    expect(fetched).toEqual(['https://mcp.example.com/elsewhere']);
  });

  it.each([
    ['https://auth.example.com/tenant/.well-known/openid-configuration'],
    ['https://auth.example.com/.well-known/openid-configuration/tenant'],
    ['https://auth.example.com/.well-known/oauth-authorization-server/tenant'],
  ])('lead to those of the authorization server, at %s [AUTH-026] [AUTH-108] [AUTH-110]', async (place) => {
    const issuer = 'https://auth.example.com/tenant';
    const { outcome, fetched } = play({
      resource: { authorization_servers: [issuer] },
      as: { issuer },
      asAt: place,
    });
    expect(await outcome()).toBe('retry');
    const places = metadataPlaces(fetched);
    expect(places.at(-1)).toBe(place);
    expect(
      [
        `${ISSUER}/.well-known/oauth-authorization-server/tenant`,
        `${ISSUER}/.well-known/openid-configuration/tenant`,
        `${ISSUER}/tenant/.well-known/openid-configuration`,
      ].slice(0, places.length),
    ).toEqual(places);
  });

  it('lead to those of an authorization server without a path, at two places [AUTH-109]', async () => {
    const { outcome, fetched } = play({ asAt: 'https://nowhere.example.com' });
    await expect(outcome()).rejects.toMatchObject({ code: 'discovery' });
    expect(metadataPlaces(fetched)).toEqual([
      `${ISSUER}/.well-known/oauth-authorization-server`,
      `${ISSUER}/.well-known/openid-configuration`,
    ]);
  });

  it('are the only way to an authorization server [AUTH-025]', async () => {
    const { outcome, fetched } = play({ metadataAt: 'https://nowhere.example.com' });
    await expect(outcome()).rejects.toMatchObject({ code: 'discovery' });
    expect(fetched.every((url) => url.includes('/.well-known/oauth-protected-resource'))).toBe(true);
    const empty = play({ resource: { authorization_servers: [] } });
    await expect(empty.outcome()).rejects.toMatchObject({ code: 'discovery' });
  });
});

// ---

function metadataPlaces(fetched: readonly string[]): readonly string[] {
  return fetched.filter((url) => url.startsWith(ISSUER) && url.includes('/.well-known/'));
}
