import type { IssuerException } from '../discovery/authorization-server.ts';
import type { Environment } from '../environment.ts';
import type { Fetch } from '../http.ts';
import type { Grant } from './grant.ts';
import type { CredentialStore } from './store.ts';

/** How requests to one MCP server are authorized. */
export interface AuthorizerOptions {
  /** The endpoint of the server. Tokens are sent nowhere else. */
  readonly url: string | URL;
  /** The way to get tokens. */
  readonly grant: Grant;
  /** Where tokens and registered identities are kept. @default in memory */
  readonly store?: CredentialStore;
  /** Tells apart users who share a store. @default '' */
  readonly account?: string;
  /** Scopes to ask for from the start, beside those that the server names. @default none */
  readonly scopes?: readonly string[];
  /** Whether a refresh token is asked for by `offline_access`, where the authorization server knows it. @default true */
  readonly offlineAccess?: boolean;
  /** How often one operation may ask for more scopes before it is given up. @default 2 */
  readonly maxStepUps?: number;
  /** Binds tokens to a key, so that stolen ones are of no use. @default where the server requires it */
  readonly dpop?: boolean;
  /** What is accepted of this server though its metadata disagree: one pair at a time, never everything. */
  readonly trust?: TrustExceptions;
  /** Which authorization server is used where the resource names several. @default the first */
  readonly chooseIssuer?: (issuers: readonly string[]) => string;
  /** Hosts in a private network that metadata and tokens may be fetched from, such as an identity provider of the company. */
  readonly privateHosts?: readonly string[];
  /**
   * The addresses of a host name, for refusing names that lead into a private network. Requires a `fetch` that dials what was
   * found, else a name can be led elsewhere in between. @default `createAuthorizer` of `@switchyard/auth/client/node` has both, others look no names up
   */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** How long before its expiry a token is renewed, in milliseconds; at most half its life. @default 10_000 */
  readonly expiryMarginMs?: number;
  /** What fetches metadata and tokens. @default globalThis.fetch */
  readonly fetch?: Fetch;
  readonly environment?: Environment;
  /** Hears what happens. Nothing of it is secret. */
  readonly onNotice?: (notice: AuthNotice) => void;
}

/** Disagreements of one server's metadata that are known and accepted. */
export interface TrustExceptions {
  /** Issuers whose metadata carry another name. */
  readonly issuers?: readonly IssuerException[];
  /** The resource that the server's metadata name, where it is not the server. */
  readonly resource?: string;
}

/** Something that has happened, for a log. */
export type AuthNotice =
  | { readonly type: 'issuer-exception'; readonly advertised: string; readonly issuer: string }
  | { readonly type: 'resource-exception'; readonly resource: string }
  | { readonly type: 'granted' | 'refreshed'; readonly issuer: string; readonly scopes: readonly string[] }
  | { readonly type: 'refresh-refused'; readonly issuer: string; readonly error: string }
  | { readonly type: 'step-up'; readonly operation: string; readonly scopes: readonly string[] };

/** A request to be authorized. */
export interface AuthRequest {
  readonly url: string;
  readonly method: string;
  /** By name in lower case. At `challenged`, as they were sent. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Authorizes requests, and learns from refusals. */
export interface Authorizer {
  /** The headers to add to a request: none without a token, or where the request goes elsewhere. Rejects with an `AuthError`. */
  authorize(request: AuthRequest): Promise<Record<string, string>>;
  /**
   * Does what a refusal with 401 or 403 asks for, the sign-in of the user included. `retry`: the request may do better now.
   * Rejects with an `AuthError` when authorization was to be had but was not.
   */
  challenged(
    response: { readonly status: number; readonly headers: Headers },
    request: AuthRequest,
  ): Promise<'retry' | 'give-up'>;
  /** Takes note of an answer that was no refusal, for nonces that come with it. */
  answered(response: { readonly headers: Headers }, request: AuthRequest): void;
  /** Identifies on whose behalf requests are made, for caches that must not mix them up. Changes with every sign-in. */
  context(): string;
  /**
   * Completes a sign-in of `webSignIn` with the URL that the user came back to. Rejects with an `AuthError` when it is none that
   * this account has begun, or authorization was not given.
   */
  finish(callback: string | URL): Promise<void>;
  /** Forgets the tokens, so that the next request signs in anew. A refresh or sign-in that is under way fails with `denied`. */
  forget(): Promise<void>;
}
