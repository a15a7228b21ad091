import { None } from 'oauth4webapi';
import { type ClientProof, clientAuth } from './client-auth.ts';
import { type Grant, scopeParameter } from './grant.ts';
import { requestToken, toAuthError } from './oauth.ts';
import { assertIssuer } from './pre-registered.ts';

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
  /**
   * The authorization server that trusts the platform. Name it: the first that the server names may be an impostor's, and gets the
   * assertion. @default the first that the server names; any other is refused from then on
   */
  readonly issuer?: string;
  /** The client that the workload is at the authorization server, where it wants one. @default none */
  readonly clientId?: string;
  /** How that client authenticates. @default not at all */
  readonly proof?: ClientProof;
}

/**
 * The grant of workloads: an assertion of the platform is traded for a token. Nothing is tried again on failure, and nothing
 * else instead. Rejects with `issuer-mismatch`, and asks for no assertion, where the server names another authorization server.
 * Spec: extension io.modelcontextprotocol/auth/wif.
 */
export function workloadIdentity(options: WorkloadIdentityOptions): Grant {
  const { assertion, issuer, clientId, proof } = options;
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
      await assertIssuer(context, {
        clientId: client.client_id,
        ...(issuer === undefined ? {} : { issuer }),
      });
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
