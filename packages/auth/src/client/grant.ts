import type { AuthorizationServer, TokenEndpointResponse } from 'oauth4webapi';
import type { Guard } from '../discovery/guard.ts';
import type { Environment } from '../environment.ts';
import type { Fetch } from '../http.ts';
import type { ClientIdentity, Endpoint } from './oauth.ts';
import type { PendingRecord } from './pending.ts';
import type { CredentialStore } from './store.ts';

/** All that a grant needs to know to ask for tokens. */
export interface GrantContext extends Endpoint {
  readonly as: AuthorizationServer;
  /** The endpoint of the MCP server. */
  readonly server: URL;
  /** What the resource calls the authorization server. */
  readonly advertised: string;
  /** Under which the tokens are kept. */
  readonly key: string;
  /** What tokens are asked for. */
  readonly resource: string;
  /** Where a challenge had the metadata of the resource. */
  readonly metadataUrl?: string | undefined;
  /** Empty: none are asked for, and the authorization server decides. */
  readonly scopes: readonly string[];
  readonly fetch: Fetch;
  readonly guard: Guard;
  readonly store: CredentialStore;
  readonly environment: Environment;
}

/** What a grant brought. */
export interface Granted {
  readonly response: TokenEndpointResponse;
  readonly clientId: string;
}

/** A way to get tokens. */
export interface Grant {
  /** Whether it needs no user, so that it may be repeated at any time. */
  readonly silent: boolean;
  /** Whether `offline_access` is of use to it. */
  readonly refreshable: boolean;
  /** Gets tokens. Rejects with an `AuthError`. */
  obtain(context: GrantContext): Promise<Granted>;
  /** The client that a refresh token was issued to; undefined where it is no more known. */
  identify(context: GrantContext, clientId: string): Promise<ClientIdentity | undefined>;
  /** Gets tokens by what a user came back with in another request than the one that sent them off. */
  finish?(context: GrantContext, pending: PendingRecord, callback: URL): Promise<Granted>;
}

/** The parameters by which scopes are asked for. */
export function scopeParameter(scopes: readonly string[]): { readonly scope?: string } {
  return scopes.length === 0 ? {} : { scope: scopes.join(' ') };
}
