import { None } from 'oauth4webapi';
import { type ClientProof, clientAuth } from './client-auth.ts';
import { type Grant, scopeParameter } from './grant.ts';
import { requestToken, toAuthError } from './oauth.ts';

/** The grant type of assertions. Spec: RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What an assertion is made for. */
export interface AssertionTarget {
  readonly issuer: string;
  readonly tokenEndpoint: string | undefined;
  readonly resource: string;
}

/** How a workload proves what it is. */
export interface WorkloadIdentityOptions {
  /** A new assertion of the platform, asked for at every token request. `@switchyard/auth/client/node` reads files and variables. */
  readonly assertion: (target: AssertionTarget) => string | Promise<string>;
  /** The client that the workload is at the authorization server, where it wants one. @default none */
  readonly clientId?: string;
  /** How that client authenticates. @default not at all */
  readonly proof?: ClientProof;
}

/**
 * The grant of workloads: an assertion of the platform is traded for a token. Nothing is tried again on failure, and nothing
 * else instead. Spec: extension io.modelcontextprotocol/auth/wif.
 */
export function workloadIdentity({ assertion, clientId, proof }: WorkloadIdentityOptions): Grant {
  return {
    silent: true,
    refreshable: false,
    async obtain(context) {
      const { as, resource, scopes } = context;
      const target = { issuer: as.issuer, tokenEndpoint: as.token_endpoint, resource };
      // The library wants a client; without one, its id is not sent.
      const client = { client_id: clientId ?? 'workload' };
      const auth =
        clientId === undefined ? () => undefined : proof === undefined ? None() : clientAuth(as, proof);
      const text = await taken(assertion, target);
      const response = await requestToken(
        context,
        { client, auth },
        {
          grantType: JWT_BEARER,
          parameters: { assertion: text, resource, ...scopeParameter(scopes) },
        },
      );
      return { response, clientId: client.client_id };
    },
    identify: async () => undefined,
  };
}

// ---

async function taken(
  assertion: WorkloadIdentityOptions['assertion'],
  target: AssertionTarget,
): Promise<string> {
  const text = (await assertion(target)).trim();
  if (text === '') throw toAuthError(new TypeError('The platform gave an empty assertion.'));
  return text;
}
