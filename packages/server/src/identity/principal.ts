/** Who is calling, as the `authenticate` hook has established it. */
export interface Principal {
  /** Who vouches for the subject, such as the issuer URL of the token. */
  readonly issuer: string;
  /** The caller's stable identifier within the issuer. */
  readonly subject: string;
  /** The client that the credentials were given to, such as the token's `client_id`; what one client began, no other continues. */
  readonly client?: string;
  /** The tenant whose events and data the caller may see. */
  readonly tenant?: string;
  /** What the caller's credentials permit. */
  readonly scopes: readonly string[];
  /** Further verified claims, for handlers to read. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What an `authenticate` hook may look at. */
export interface Credentials {
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
  /** The HTTP method; authentication happens before the body is read. */
  readonly verb: string;
  /** Adds headers to the answer, whatever it will be: a nonce for the caller's next proof, say. */
  alsoSend(headers: Readonly<Record<string, string>>): void;
}

/** A refusal by the `authenticate` hook, answered with this status and challenge. */
export interface Denial {
  readonly denied: true;
  readonly status: 401 | 403;
  /** The value of the `WWW-Authenticate` header. */
  readonly challenge?: string;
}

/**
 * Establishes who is calling. Runs before the body is read, on HTTP only.
 * `undefined` means nobody is known and is refused with 401; return {@link anonymous} to let such callers in.
 */
export type Authenticate = (
  credentials: Credentials,
) => Principal | Denial | undefined | Promise<Principal | Denial | undefined>;

/** The principal of callers that nobody vouches for. */
export const anonymous: Principal = Object.freeze({ issuer: '', subject: '', scopes: Object.freeze([]) });

/**
 * Refuses a caller: 401 with a challenge where credentials are missing or bad, 403 where they do not suffice.
 * Throws `TypeError` for a challenge that no header can hold: quoted from a token, it could end the header and begin another.
 */
export function deny(status: 401 | 403, challenge?: string): Denial {
  const denial = challenge === undefined ? { status } : { status, challenge };
  return { denied: true, ...checkedDenial(denial) };
}

/** What a hook gave as a denial; throws `TypeError` where it is none that could be sent. */
function checkedDenial<D extends Pick<Denial, 'status' | 'challenge'>>(denial: D): D {
  const { status, challenge } = denial;
  if (status !== 401 && status !== 403) throw new TypeError('A denial has the status 401 or 403.');
  if (challenge !== undefined && !/^[\t\x20-\x7e]*$/.test(challenge)) {
    throw new TypeError('A challenge can hold visible ASCII characters and blanks only.');
  }
  return denial;
}

/** What an `authenticate` hook gave; throws `TypeError` for what is neither a sound principal nor a sound denial. */
export function checkedIdentity(identity: Principal | Denial): Principal | Denial {
  if (isDenial(identity)) return checkedDenial(identity);
  const { issuer, subject, scopes } = identity;
  if (typeof issuer !== 'string' || typeof subject !== 'string' || !Array.isArray(scopes)) {
    throw new TypeError(
      'authenticate must give a principal with issuer, subject and scopes, a denial, or undefined.',
    );
  }
  return identity;
}

/** True for what {@link deny} makes. */
export function isDenial(value: Principal | Denial): value is Denial {
  return 'denied' in value && value.denied === true;
}

/** A text that is equal for two principals only where issuer, subject, tenant and client are; binds sealed state to its owner. */
export function principalKey({ issuer, subject, tenant, client }: Principal): string {
  return JSON.stringify([issuer, subject, tenant ?? null, client ?? null]);
}
