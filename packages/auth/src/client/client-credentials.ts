import { type ClientProof, clientAuth } from './client-auth.ts';
import { type Grant, type GrantContext, scopeParameter } from './grant.ts';
import { type ClientIdentity, requestToken } from './oauth.ts';
import { assertIssuer } from './pre-registered.ts';

/** How a program signs in on its own behalf. */
export interface ClientCredentialsOptions extends ClientProof {
  readonly clientId: string;
  /**
   * The authorization server that knows the client. Name it wherever there is a secret: the first that the server names may be an
   * impostor's. @default the first that the server names; any other is refused from then on
   */
  readonly issuer?: string;
}

/**
 * The grant of programs without a user: client credentials, with a key or a secret. Throws `TypeError` without either.
 * Spec: extension io.modelcontextprotocol/oauth-client-credentials.
 */
export function clientCredentials(options: ClientCredentialsOptions): Grant {
  const { clientId, clientSecret, privateKey } = options;
  if (clientSecret === undefined && privateKey === undefined)
    throw new TypeError('Client credentials need a private key or a secret.');
  const identityOf = (context: GrantContext): ClientIdentity => ({
    client: { client_id: clientId },
    auth: clientAuth(context.as, options),
  });
  return {
    silent: true,
    refreshable: false,
    async obtain(context) {
      await assertIssuer(context, options);
      const response = await requestToken(context, identityOf(context), {
        grantType: 'client_credentials',
        parameters: { resource: context.resource, ...scopeParameter(context.scopes) },
      });
      return { response, clientId };
    },
    identify: async (context, id) => (id === clientId ? identityOf(context) : undefined),
  };
}
