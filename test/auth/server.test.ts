import { authLink, createAuthorizer } from '@switchyard/auth/client';
import { createResourceVerifier } from '@switchyard/auth/resource';
import { createClient, inProcessLink } from '@switchyard/client';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

const URL_OF_SERVER = 'http://127.0.0.1:7998/mcp';

describe('a server with a resource verifier [AUTH-001]', () => {
  it('serves our client, which signs in, and asks for more scopes where a tool needs them [AUTH-107]', async () => {
    const { client, seen, world } = await setup();
    expect(await client.callTool('who', {})).toMatchObject({
      content: [{ type: 'text', text: 'ann: mcp:read' }],
    });
    expect(await client.callTool('write', {})).toMatchObject({
      content: [{ type: 'text', text: 'written' }],
    });
    expect(world.visited).toHaveLength(2);
    expect(seen).toEqual(['who', 'write']);
    await client.close();
  });

  it('runs nothing of a request before its token was accepted, and answers nothing but the challenge [AUTH-205] [AUTH-013]', async () => {
    const { serve, seen } = await setup();
    for (const authorization of [undefined, 'Bearer wrong', 'Bearer a.b.c', 'Basic YTpi']) {
      const response = await serve(call('who', authorization === undefined ? {} : { authorization }));
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain(
        'resource_metadata="http://127.0.0.1:7998/.well-known/',
      );
      expect(await response.text()).not.toContain('ann');
    }
    expect(seen).toEqual([]);
  });

  it('takes no token from the query [AUTH-009]', async () => {
    const { serve, authorizer, client, seen } = await setup();
    await client.callTool('who', {});
    const { authorization = '' } = await authorizer.authorize({
      url: URL_OF_SERVER,
      method: 'POST',
      headers: {},
    });
    const token = authorization.slice('Bearer '.length);
    const url = `${URL_OF_SERVER}?access_token=${token}`;
    expect((await serve(call('who', {}, url))).status).toBe(401);
    expect((await serve(call('who', { authorization }))).status).toBe(200);
    expect(seen).toEqual(['who', 'who']);
    await client.close();
  });

  it('gives handlers claims, and no token that they could pass on [AUTH-015] [AUTH-202] [AUTH-207] [ELICIT-013]', async () => {
    const { authorizer, client, contexts } = await setup();
    await client.callTool('who', {});
    const { authorization = '' } = await authorizer.authorize({
      url: URL_OF_SERVER,
      method: 'POST',
      headers: {},
    });
    const token = authorization.slice('Bearer '.length);
    expect(token.length).toBeGreaterThan(100);
    expect(contexts[0]).toContain('"subject":"ann"');
    expect(contexts[0]).not.toContain(token.split('.')[2]);
    await client.close();
  });
});

// ---

async function setup() {
  const world = await createWorld();
  const seen: string[] = [];
  const contexts: string[] = [];
  const verifier = createResourceVerifier({
    resource: URL_OF_SERVER,
    issuers: [{ issuer: world.as.issuer }],
    scopes: { always: ['mcp:read'], tools: { write: ['mcp:write'] } },
  });
  const server = createServer({ name: 'auth', version: '1.0.0' }, { authenticate: verifier.authenticate });
  server.registerTool('who', {}, ({ principal }) => {
    seen.push('who');
    contexts.push(JSON.stringify(principal));
    return `${principal.subject}: ${principal.scopes.join(' ')}`;
  });
  server.registerTool('write', {}, () => {
    seen.push('write');
    return 'written';
  });
  const serve = async (request: Request): Promise<Response> =>
    verifier.handleMetadata(request) ?? (await server.fetch(request));
  const fetch: typeof world.fetch = (url, init) =>
    url.startsWith('http://127.0.0.1:7998/') ? serve(new Request(url, init)) : globalThis.fetch(url, init);
  const authorizer = createAuthorizer(world.options({ fetch }));
  const client = createClient({
    link: inProcessLink(serve, URL_OF_SERVER),
    links: [authLink(authorizer, URL_OF_SERVER)],
  });
  return { world, serve, authorizer, client, seen, contexts };
}

function call(name: string, headers: Record<string, string>, url: string = URL_OF_SERVER): Request {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {}, _meta } };
  return new Request(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}
