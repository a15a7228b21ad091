import { jwtVerify } from 'jose';
import { errors } from 'oidc-provider';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Teaches an authorization server to trade assertions for tokens (RFC 7523): those of trusted issuers, made for it, each once.
 * An ID-JAG must name the client that brings it. Spec: the extensions for enterprise-managed authorization and workload identity.
 */
export function addAssertionGrant(provider, issuer, trusted) {
  const seen = new Set();
  provider.registerGrantType(
    JWT_BEARER,
    async (context) => {
      const { client, params } = context.oidc;
      const payload = await verified(params.assertion, issuer, trusted);
      if (payload.client_id !== undefined && payload.client_id !== client.clientId)
        throw new errors.InvalidGrant('client mismatch');
      if (seen.has(payload.jti)) throw new errors.InvalidGrant('assertion replayed');
      seen.add(payload.jti);
      const resource = payload.resource ?? params.resource;
      const token = new provider.AccessToken({
        accountId: payload.sub,
        client,
        gty: JWT_BEARER,
        grantId: undefined,
        scope: params.scope ?? payload.scope,
      });
      const jwt = { sign: { alg: 'ES256' } };
      const target = { audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt };
      token.resourceServer = new provider.ResourceServer(resource, target);
      context.body = {
        access_token: await token.save(),
        token_type: 'Bearer',
        expires_in: token.expiration,
        ...(token.scope === undefined ? {} : { scope: token.scope }),
      };
    },
    ['assertion', 'resource', 'scope'],
  );
}

// ---

async function verified(assertion, audience, trusted) {
  try {
    const { payload } = await jwtVerify(
      assertion,
      (_, { payload: text }) => trusted[JSON.parse(Buffer.from(text, 'base64url').toString()).iss],
      { audience, algorithms: ['ES256'], requiredClaims: ['iss', 'sub', 'exp', 'jti'] },
    );
    return payload;
  } catch {
    throw new errors.InvalidGrant('assertion invalid');
  }
}
