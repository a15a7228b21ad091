import type { AuthorizationServer } from 'oauth4webapi';
import { discoverAuthorizationServer } from '../discovery/authorization-server.ts';
import { createGuard } from '../discovery/guard.ts';
import { AuthError } from '../errors.ts';
import { type Fetch, guardedFetch } from '../http.ts';
import { type ClientProof, clientAuth } from './client-auth.ts';
import { scopeParameter } from './grant.ts';
import { requestToken } from './oauth.ts';

/** A program at the authorization server that it was configured with. */
export interface ServiceTokensOptions extends ClientProof {
  /** Trusted as configured: where it is in a private network, what its metadata name may be there too. */
  readonly issuer: string;
  /** @default what its metadata say */
  readonly tokenEndpoint?: string;
  readonly clientId: string;
  /** @default the global fetch */
  readonly fetch?: Fetch;
}

/** What tokens are asked for. */
export interface ServiceTokenTarget {
  /** The URL of the server that is to accept them (RFC 8707). */
  readonly resource?: string;
  /** Its name at the authorization server, where that goes by names. */
  readonly audience?: string;
  /** Empty: none are asked for, and the authorization server decides. */
  readonly scopes: readonly string[];
}

/** A bearer token. */
export interface ServiceToken {
  readonly token: string;
  /** Seconds; `undefined` where the authorization server does not say. */
  readonly expiresIn: number | undefined;
}

/** Gets tokens; keeps none. Every method rejects with an `AuthError`. */
export interface ServiceTokens {
  /** A token in the program's own name (client credentials). */
  own(target: ServiceTokenTarget): Promise<ServiceToken>;
  /** A token for the target in the name of whom `subject`, an access token, was issued for (RFC 8693). */
  exchange(subject: string, target: ServiceTokenTarget): Promise<ServiceToken>;
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/**
 * What gets tokens for a program that calls servers in its own name or on behalf of others. Redirects are not followed:
 * nothing that was sent to the token endpoint goes elsewhere. Throws `TypeError` for an issuer that is no URL.
 */
export function createServiceTokens(options: ServiceTokensOptions): ServiceTokens {
  const guard = createGuard({ server: new URL(options.issuer) });
  const send = options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init));
  const fetch = guardedFetch({ fetch: send, guard });
  const metadata = memo(() => metadataOf(options, { fetch: send, guard }));
  const request = async (grantType: string, parameters: Readonly<Record<string, string>>) => {
    const as = await metadata();
    const identity = { client: { client_id: options.clientId }, auth: clientAuth(as, options) };
    const answer = await requestToken({ as, fetch }, identity, { grantType, parameters });
    if (answer.token_type.toLowerCase() !== 'bearer')
      throw new AuthError('unsupported', 'The authorization server gave a token that is not a bearer token.');
    return { token: answer.access_token, expiresIn: answer.expires_in };
  };
  return {
    own: (target) => request('client_credentials', parametersOf(target)),
    exchange: (subject, target) =>
      request(TOKEN_EXCHANGE, {
        subject_token: subject,
        subject_token_type: ACCESS_TOKEN,
        requested_token_type: ACCESS_TOKEN,
        ...parametersOf(target),
      }),
  };
}

// ---

function parametersOf({ resource, audience, scopes }: ServiceTokenTarget): Readonly<Record<string, string>> {
  return {
    ...(resource === undefined ? {} : { resource }),
    ...(audience === undefined ? {} : { audience }),
    ...scopeParameter(scopes),
  };
}

async function metadataOf(
  { issuer, tokenEndpoint }: ServiceTokensOptions,
  http: Parameters<typeof discoverAuthorizationServer>[1],
): Promise<AuthorizationServer> {
  if (tokenEndpoint === undefined) return discoverAuthorizationServer(issuer, http);
  return {
    issuer,
    token_endpoint: tokenEndpoint,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  };
}

/** The outcome of the first time that it worked. */
function memo<T>(work: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    pending ??= work().catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}
