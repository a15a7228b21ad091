/** Who sends a request, as `identify` has established it. */
export interface Caller {
  /** What vouches for the subject; `nobody` for a caller that has not been asked. */
  readonly by: CallerProof;
  /** Who vouches for the subject: the issuer of a token, or the name of the list of keys or certificates. */
  readonly issuer: string;
  /** The caller's stable identifier within the issuer. */
  readonly subject: string;
  /** The client that the credentials were given to. */
  readonly client?: string;
  readonly tenant?: string;
  /** What the credentials permit. */
  readonly scopes: readonly string[];
  /** Further verified claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** How a caller has shown who it is. */
export type CallerProof = 'nobody' | 'token' | 'api-key' | 'certificate';

/** A caller that has not been asked who it is. */
export const NOBODY: Caller = Object.freeze({
  by: 'nobody',
  issuer: '',
  subject: '',
  scopes: Object.freeze([]),
});

/** A text that is equal for two callers only where proof, issuer, subject, tenant and client are. */
export function callerKey({ by, issuer, subject, tenant, client }: Caller): string {
  return JSON.stringify([by, issuer, subject, tenant ?? null, client ?? null]);
}
