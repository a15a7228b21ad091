import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { addAssertionGrant } from './assertion-grant.mjs';

const SCOPES = ['mcp:read', 'mcp:write', 'mcp:admin'];

export async function startAuthorizationServer(options = {}) {
  const http = createServer();
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${http.address().port}`;
  const state = {
    issuer,
    behaviour: { accessTokenSeconds: 300, account: 'ann' },
    requests: new Map(),
    tokenRequests: [],
    jwks: { keys: [await signingKey()] },
  };
  const provider = new Provider(issuer, configurationOf(state, options));
  if (options.assertionIssuers !== undefined) addAssertionGrant(provider, issuer, options.assertionIssuers);
  provider.use(async (context, next) => {
    await next();
    if (context.path === '/token' && context.oidc?.body !== undefined)
      state.tokenRequests.push(new URLSearchParams(context.oidc.body));
  });
  const answer = provider.callback();
  http.on('request', (request, response) => {
    const path = new URL(request.url, issuer).pathname;
    const kind = `${request.method} ${path}`;
    state.requests.set(kind, (state.requests.get(kind) ?? 0) + 1);
    if (path.startsWith('/interaction/')) void interact(provider, state, { request, response });
    else answer(request, response);
  });
  return {
    ...state,
    approveDevice: (userCode) => approveDevice(provider, state, userCode),
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

export async function browse(start, issuer) {
  const cookies = new Map();
  let url = start;
  for (let hops = 0; hops < 20; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`${url.pathname} answers ${response.status}: ${await response.text()}`);
    url = new URL(location, url);
    if (url.origin !== issuer) return url;
  }
  throw new Error('The authorization server redirects without end.');
}

// ---

async function signingKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: 'as-1', alg: 'ES256', use: 'sig' };
}

function configurationOf({ behaviour, jwks }, { clients = [], configuration = {}, dpopNonces = false }) {
  const { features = {}, ...rest } = configuration;
  return {
    clients: [...clients],
    jwks,
    cookies: { keys: ['test'] },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    ttl: {
      Grant: 3600,
      Interaction: 3600,
      Session: 3600,
      AccessToken: () => behaviour.accessTokenSeconds,
      ClientCredentials: () => behaviour.accessTokenSeconds,
    },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      deviceFlow: { enabled: true },
      dPoP: dpopNonces
        ? { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true }
        : { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: SCOPES.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: behaviour.accessTokenSeconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
        useGrantedResource: () => true,
      },
      ...features,
    },
    ...rest,
  };
}

async function grantEverything(context) {
  const { client, session, params, provider } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid offline_access');
  for (const resource of [params.resource].flat().filter(Boolean))
    grant.addResourceScope(resource, SCOPES.join(' '));
  await grant.save();
  return grant;
}

async function approveDevice(provider, { behaviour }, userCode) {
  const code = await provider.DeviceCode.findByUserCode(userCode.replaceAll('-', ''));
  const { scope, resource } = code.params;
  const grant = new provider.Grant({ clientId: code.clientId, accountId: behaviour.account });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(resource, SCOPES.join(' '));
  const authTime = Math.floor(Date.now() / 1000);
  const { account: accountId } = behaviour;
  Object.assign(code, { accountId, authTime, scope, resource, claims: {}, grantId: await grant.save() });
  await code.save();
}

async function interact(provider, { behaviour }, { request, response }) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  const { account } = behaviour;
  if (account === undefined) {
    const refusal = { error: 'access_denied', error_description: 'The user said no.' };
    return provider.interactionFinished(request, response, refusal);
  }
  if (prompt.name === 'login')
    return provider.interactionFinished(request, response, { login: { accountId: account } });
  const grant = new provider.Grant({ clientId: params.client_id, accountId: account });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(params.resource, SCOPES.join(' '));
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}
