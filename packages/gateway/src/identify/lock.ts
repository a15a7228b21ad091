import { formatChallenge, type ResourceVerifier } from '@switchyard/auth/resource';
import type { Refusal } from '../refusal.ts';
import { refuse } from '../refusal.ts';

/** What one path of the gateway asks of callers. */
export interface Lock {
  /** `undefined` where no tokens are accepted. */
  readonly verifier: ResourceVerifier | undefined;
  /** Whether callers without credentials are let in. */
  readonly anonymous: boolean;
}

/** Refuses a caller who has not shown who he is, and tells where to get a token. Spec: basic/authorization#token-handling. */
export function unidentified({ verifier }: Lock, needs: readonly string[], error?: string): Refusal {
  const scope = needs.length === 0 ? undefined : needs.join(' ');
  const metadata = verifier?.metadataUrl;
  const parameters = { error, scope, resource_metadata: metadata };
  const challenge = formatChallenge('Bearer', metadata === undefined ? { realm: 'mcp', error } : parameters);
  return unauthorized(challenge);
}

/** Refuses a caller whose credentials permit too little. Spec: basic/authorization#runtime-insufficient-scope-errors. */
export function tooLittle(metadataUrl: string | undefined, needs: readonly string[]): Refusal {
  const parameters = {
    error: 'insufficient_scope',
    scope: needs.join(' '),
    resource_metadata: metadataUrl,
  };
  return forbidden(formatChallenge('Bearer', parameters));
}

/** The refusal with that `WWW-Authenticate`. */
export function unauthorized(challenge: string): Refusal {
  return refuse('unauthorized', { headers: ['www-authenticate', challenge] });
}

/** The refusal with that `WWW-Authenticate`. */
export function forbidden(challenge: string): Refusal {
  return refuse('insufficient-scope', { headers: ['www-authenticate', challenge] });
}
