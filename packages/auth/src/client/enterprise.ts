import type { AuthorizationServer } from 'oauth4webapi';
import { discoverAuthorizationServer } from '../discovery/authorization-server.ts';
import { AuthError } from '../errors.ts';
import { type ClientProof, clientAuth } from './client-auth.ts';
import { type Grant, type GrantContext, scopeParameter } from './grant.ts';
import { type ClientIdentity, requestToken } from './oauth.ts';
import { assertIssuer } from './pre-registered.ts';
import { JWT_BEARER } from './workload.ts';

/** What proves to the identity provider who the user is. */
export interface SubjectToken {
  readonly type: 'id_token' | 'saml2' | 'refresh_token';
  readonly token: string;
}

/** The identity provider of a company. */
export interface IdentityProvider extends ClientProof {
  readonly issuer: string;
  /** @default what its metadata say */
  readonly tokenEndpoint?: string;
  /** The client at the identity provider. */
  readonly clientId: string;
  /** What the user signed in with there. Asked for whenever a token is needed. */
  readonly subject: () => SubjectToken | Promise<SubjectToken>;
}

/** How the users of a company are let in by its identity provider. */
export interface EnterpriseManagedOptions {
  readonly identityProvider: IdentityProvider;
  /** The client at the authorization server of the MCP server. A metadata URL will do where that is supported. */
  readonly client: ClientProof & { readonly clientId: string; readonly issuer?: string };
}

/**
 * The grant of company users: their identity provider is asked for an assertion for the MCP server (ID-JAG), which its
 * authorization server trades for a token. No user is sent anywhere. The assertion is used once and never kept. A refusal by the
 * identity provider is `denied`. Spec: extension io.modelcontextprotocol/enterprise-managed-authorization.
 */
export function enterpriseManaged({ identityProvider, client }: EnterpriseManagedOptions): Grant {
  const { clientId } = client;
  const identityOf = (context: GrantContext): ClientIdentity => ({
    client: { client_id: clientId },
    auth: clientAuth(context.as, client),
  });
  return {
    silent: true,
    refreshable: false,
    async obtain(context) {
      await assertIssuer(context, client);
      const assertion = await requestAssertion(context, identityProvider);
      const response = await requestToken(context, identityOf(context), {
        grantType: JWT_BEARER,
        parameters: { assertion, resource: context.resource, ...scopeParameter(context.scopes) },
      });
      return { response, clientId };
    },
    identify: async (context, id) => (id === clientId ? identityOf(context) : undefined),
  };
}

// ---

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';
const ID_JAG = `${TOKEN_TYPE}id-jag`;

async function requestAssertion(context: GrantContext, provider: IdentityProvider): Promise<string> {
  const as = await metadataOf(context, provider);
  const { type, token } = await provider.subject();
  const identity = { client: { client_id: provider.clientId }, auth: clientAuth(as, provider) };
  const parameters = {
    requested_token_type: ID_JAG,
    audience: context.as.issuer,
    resource: context.resource,
    subject_token: token,
    subject_token_type: `${TOKEN_TYPE}${type}`,
    ...scopeParameter(context.scopes),
  };
  // What comes back is no access token: its type says so.
  const recognizedTokenTypes = { n_a: () => undefined };
  const { fetch } = context;
  const answer = await requestToken({ as, fetch }, identity, {
    grantType: TOKEN_EXCHANGE,
    parameters,
    recognizedTokenTypes,
  }).catch(asDenial);
  if (answer['issued_token_type'] !== ID_JAG)
    throw new AuthError('token-request', 'The identity provider gave something else than an ID-JAG.');
  return answer.access_token;
}

async function metadataOf(
  { fetch, guard }: GrantContext,
  { issuer, tokenEndpoint }: IdentityProvider,
): Promise<AuthorizationServer> {
  if (tokenEndpoint === undefined) return discoverAuthorizationServer(issuer, { fetch, guard });
  return {
    issuer,
    token_endpoint: tokenEndpoint,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  };
}

function asDenial(error: unknown): never {
  if (!(error instanceof AuthError) || error.code !== 'token-request' || error.oauthError === undefined)
    throw error;
  throw new AuthError('denied', `The identity provider gives no access: ${error.oauthError}.`, {
    cause: error,
    oauthError: error.oauthError,
  });
}
