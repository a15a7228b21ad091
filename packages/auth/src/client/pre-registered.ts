import { AuthError } from '../errors.ts';
import type { GrantContext } from './grant.ts';
import { bindingKey } from './records.ts';

/** A client and the authorization server that knows it. */
export interface BoundClient {
  readonly clientId: string;
  readonly issuer?: string;
}

/**
 * Rejects with `issuer-mismatch` when a client belongs to another authorization server. One of unknown origin belongs to the
 * first that it is used at. Spec: basic/authorization/client-registration#authorization-server-binding.
 */
export async function assertIssuer(
  { as, server, store }: GrantContext,
  { clientId, issuer }: BoundClient,
): Promise<void> {
  const key = bindingKey(clientId, server.href);
  const bound = issuer ?? (await store.read(key));
  if (bound === undefined) return store.write(key, as.issuer);
  if (bound === as.issuer) return;
  throw new AuthError(
    'issuer-mismatch',
    `The server now names the authorization server ${as.issuer}; the client's identity belongs to ${bound}.`,
  );
}
