import type { CredentialStore } from './store.ts';

/** What must be remembered between sending the user off and having them back. The verifier is secret. */
export interface PendingSignIn {
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** A sign-in that its user has not come back from, as it is kept. Times are in milliseconds since the epoch. */
export interface PendingRecord extends PendingSignIn {
  /** What the resource calls the authorization server, and what its metadata call it. */
  readonly advertised: string;
  readonly issuer: string;
  readonly resource: string;
  /** Where a challenge had the metadata of the resource. */
  readonly metadataUrl?: string | undefined;
  readonly scopes: readonly string[];
  readonly clientId: string;
  /** Whether tokens must be bound to a key; the server's metadata may not be looked at again. */
  readonly dpop?: boolean;
  readonly expiresAt: number;
}

/** A user has as many tabs; older sign-ins are forgotten. */
const MAX_PENDING = 5;

/** Keeps a sign-in under the key of its tokens. */
export async function addPending(store: CredentialStore, key: string, record: PendingRecord): Promise<void> {
  const records = [...(await readAll(store, key)), record].slice(-MAX_PENDING);
  await store.write(pendingKey(key), JSON.stringify(records));
}

/** Takes the sign-in with a state, which nobody gets again; undefined where there is none, or it is too old. */
export async function takePending(
  store: CredentialStore,
  key: string,
  { state, now }: { readonly state: string; readonly now: number },
): Promise<PendingRecord | undefined> {
  const records = await readAll(store, key);
  const found = records.find((record) => record.state === state);
  if (found === undefined) return undefined;
  const rest = records.filter((record) => record !== found && record.expiresAt > now);
  if (rest.length === 0) await store.remove(pendingKey(key));
  else await store.write(pendingKey(key), JSON.stringify(rest));
  return found.expiresAt > now ? found : undefined;
}

// ---

function pendingKey(key: string): string {
  return `pending:${key}`;
}

async function readAll(store: CredentialStore, key: string): Promise<readonly PendingRecord[]> {
  try {
    const value: unknown = JSON.parse((await store.read(pendingKey(key))) ?? '[]');
    // Written by us above.
    return Array.isArray(value) ? (value as readonly PendingRecord[]) : [];
  } catch {
    return [];
  }
}
