import { clientCredentials, createAuthorizer } from '@switchyard/auth/client';
import { expect, it, onTestFinished } from 'vitest';
import {
  answering,
  bodyOf,
  headersOf,
  post,
  startGateway,
  upstream,
} from '../../packages/gateway/test/support.ts';
import { startAuthorizationServer } from '../auth/authorization-server.mjs';
import { freePort } from '../support/ports.ts';

/** A client of the provider that signs in as itself. */
function client(grant: string): object {
  return {
    client_id: 'bot',
    client_secret: 'hush',
    grant_types: [grant],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
  };
}

it('a client that knows only the URL of a server finds the provider, signs in and calls [AUTH-004] [AUTH-102]', async () => {
  const provider = await startAuthorizationServer({ clients: [client('client_credentials')] });
  onTestFinished(() => provider.close());
  const port = await freePort();
  const server = await upstream(answering());
  const { gateway } = await startGateway({
    listen: { port },
    identify: { issuers: [{ issuer: provider.issuer }], scopes: { always: ['mcp:read'] } },
    servers: { shop: { path: '/mcp', replicas: [server.url], scopes: { tools: { add: ['mcp:write'] } } } },
  });
  const url = `http://127.0.0.1:${port}/mcp`;
  const grant = clientCredentials({ clientId: 'bot', clientSecret: 'hush' });
  const authorizer = createAuthorizer({ url, grant });
  const { 'content-length': _, ...own } = headersOf({});
  // Header values of this call are single texts.
  const headers = own as Record<string, string>;
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const request = { url, method: 'POST', headers };
    const sent = { ...request, headers: { ...headers, ...(await authorizer.authorize(request)) } };
    const response = await fetch(url, { method: 'POST', headers: sent.headers, body: bodyOf({}).toString() });
    authorizer.answered(response, sent);
    statuses.push(response.status);
    if (response.ok || (await authorizer.challenged(response, sent)) === 'give-up') break;
  }
  expect(statuses.at(-1)).toBe(200);
  expect(statuses[0]).toBe(401);
  expect(provider.tokenRequests.at(-1)?.get('resource')).toBe(url);
  expect(gateway.stats().refused).toBe(statuses.length - 1);
  expect(JSON.stringify(server.seen[0]?.rawHeaders)).not.toMatch(/authorization/i);
});

it('a token that the provider has revoked is noticed where it is asked about [AUTH-010]', async () => {
  const resource = 'https://mcp.example.com/mcp';
  const resourceIndicators = {
    enabled: true,
    getResourceServerInfo: () => ({ scope: 'mcp:read', audience: resource, accessTokenFormat: 'opaque' }),
  };
  const provider = await startAuthorizationServer({
    clients: [client('client_credentials')],
    configuration: { features: { resourceIndicators } },
  });
  onTestFinished(() => provider.close());
  const server = await upstream(answering());
  const introspection = { clientId: 'bot', clientSecret: { env: 'BOT' } };
  const { url } = await startGateway(
    {
      listen: { port: 0, publicUrl: 'https://mcp.example.com' },
      identify: { issuers: [{ issuer: provider.issuer, introspection }], remember: '0s' },
      servers: { shop: { path: '/mcp', replicas: [server.url] } },
    },
    { env: { BOT: 'hush' } },
  );
  const basic = { authorization: `Basic ${btoa('bot:hush')}` };
  const send = (path: string, form: Record<string, string>) =>
    fetch(`${provider.issuer}${path}`, { method: 'POST', headers: basic, body: new URLSearchParams(form) });
  const answer = await send('/token', { grant_type: 'client_credentials', resource, scope: 'mcp:read' });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const status = async () => (await post(url, { headers: { authorization: `Bearer ${token}` } })).status;
  const before = await status();
  await send('/token/revocation', { token });
  expect([before, await status()]).toEqual([200, 401]);
});
