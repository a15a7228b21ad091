import type { JWK } from 'jose';
import type { CredentialStore } from './store.ts';

/** Tokens as they are kept. Times are in milliseconds since the epoch. */
export interface TokenRecord {
  readonly accessToken: string;
  readonly type: 'bearer' | 'dpop';
  /** Who issued it, for which resource, to which client. */
  readonly issuer: string;
  readonly resource: string;
  readonly clientId: string;
  /** Where a challenge had the metadata of the resource. */
  readonly metadataUrl?: string | undefined;
  /** What was asked for. */
  readonly requested: readonly string[];
  /** What was granted, where the authorization server said so; else what was asked for. */
  readonly granted: readonly string[];
  readonly expiresAt?: number;
  readonly refreshToken?: string;
  readonly obtainedAt: number;
  /** Whether a grant or a refresh has brought it. */
  readonly via: 'grant' | 'refresh';
  /** One for all tokens that go back to one grant. */
  readonly grantId: string;
  /** The private key that the token is bound to. */
  readonly dpopKey?: JWK;
}

/** A client identity that an authorization server has given us, or that we hold for it. */
export interface ClientRecord {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly authMethod?: string;
  readonly redirectUri?: string;
  /** In milliseconds since the epoch. */
  readonly secretExpiresAt?: number;
}

/** Where the tokens for a server are kept. */
export function tokenKey(server: string): string {
  return `token:${server}`;
}

/** Where the registered identities at an issuer are kept. */
export function clientKey(issuer: string): string {
  return `client:${issuer}`;
}

/** Where the issuer is kept that a pre-registered identity turned out to belong to. */
export function bindingKey(clientId: string, server: string): string {
  return `binding:${JSON.stringify([clientId, server])}`;
}

/** The tokens kept under a key; what cannot be read counts as none. */
export async function readTokens(store: CredentialStore, key: string): Promise<TokenRecord | undefined> {
  const value = await readJson(store, key);
  // Written by us; a look at each member that decides what is sent to whom.
  return has(value, ['accessToken', 'type', 'issuer', 'resource', 'clientId', 'grantId']) &&
    Array.isArray(value['requested']) &&
    Array.isArray(value['granted'])
    ? (value as unknown as TokenRecord)
    : undefined;
}

/** The client identities kept under a key, as a list or one by itself; what cannot be read counts as none. */
export async function readClients(store: CredentialStore, key: string): Promise<readonly ClientRecord[]> {
  const values: readonly unknown[] = [await readJson(store, key)].flat();
  // As above.
  return values.filter((value) => has(value, ['issuer', 'clientId'])) as unknown as readonly ClientRecord[];
}

// ---

async function readJson(store: CredentialStore, key: string): Promise<unknown> {
  const text = await store.read(key);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function has(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  // Objects only; null is none.
  const members = value as Record<string, unknown>;
  return names.every((name) => typeof members[name] === 'string');
}
