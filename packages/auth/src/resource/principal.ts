/** Who is calling, as the token says. Has the shape that the server's `authenticate` hook answers with. */
export interface TokenPrincipal {
  /** The issuer of the token. */
  readonly issuer: string;
  /** The token's `sub`; for a token of a client without a user, its `client_id`. */
  readonly subject: string;
  /** The client that the token was issued to, by its `client_id` or `azp`: what one began, no other continues. */
  readonly client?: string;
  /** From the claim that `tenantClaim` names. */
  readonly tenant?: string;
  /** What the token permits, scopes implied by others included. */
  readonly scopes: readonly string[];
  /** All claims of the token, or all members of its introspection. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What the verifier looks at of a request. */
export interface RequestCredentials {
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
  /** The HTTP method. */
  readonly verb: string;
  /** Scopes that this request needs beside those of the rules. @default none */
  readonly needs?: readonly string[];
  /** The SHA-256 thumbprint, in base64url, of the certificate that the client has proved to hold. Spec: RFC 8705 §3.1. */
  readonly certificate?: string | undefined;
  /** Adds headers to the answer, whatever it will be. Needed where proofs carry nonces. */
  alsoSend?(headers: Readonly<Record<string, string>>): void;
}

/** A refusal, answered with this status and challenge. Has the shape that the server's `authenticate` hook answers with. */
export interface TokenDenial {
  readonly denied: true;
  readonly status: 401 | 403;
  /** The value of the `WWW-Authenticate` header. */
  readonly challenge: string;
}
