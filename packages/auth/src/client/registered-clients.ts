import type { GrantContext } from './grant.ts';
import { type ClientRecord, clientKey, readClients } from './records.ts';

/** The authorization server that has given identities, and where they are kept. */
export type RegistrationPlace = Pick<GrantContext, 'as' | 'store'>;

/** So many are kept of an issuer, for all users and redirect URIs; beyond, the oldest is forgotten. */
const MAX_CLIENTS = 32;

/** The identities that an authorization server has given us, the latest first. */
export async function registeredClients({ as, store }: RegistrationPlace): Promise<readonly ClientRecord[]> {
  const kept = await readClients(store, clientKey(as.issuer));
  return kept.filter(({ issuer }) => issuer === as.issuer);
}

/** Runs work while nobody else who shares the store registers at the authorization server, or forgets what it has given. */
export function inTurn<T>({ as, store }: RegistrationPlace, work: () => Promise<T>): Promise<T> {
  return store.exclusive === undefined ? work() : store.exclusive(clientKey(as.issuer), work);
}

/** Keeps an identity beside the others. For work in turn. */
export async function addClient(place: RegistrationPlace, record: ClientRecord): Promise<void> {
  const others = (await registeredClients(place)).filter(({ clientId }) => clientId !== record.clientId);
  await writeClients(place, [record, ...others].slice(0, MAX_CLIENTS));
}

/** Forgets the identity with an id, in turn. */
export function removeClient(place: RegistrationPlace, id: string): Promise<void> {
  return inTurn(place, async () => {
    const kept = await registeredClients(place);
    const others = kept.filter(({ clientId }) => clientId !== id);
    if (others.length < kept.length) await writeClients(place, others);
  });
}

// ---

function writeClients({ as, store }: RegistrationPlace, records: readonly ClientRecord[]): Promise<void> {
  const key = clientKey(as.issuer);
  return records.length === 0 ? store.remove(key) : store.write(key, JSON.stringify(records));
}
