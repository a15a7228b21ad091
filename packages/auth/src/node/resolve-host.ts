import { lookup } from 'node:dns/promises';
import { AuthError } from '../errors.ts';

/** The addresses of a host name, as connections would find them. Rejects with `unreachable` where there are none. */
export async function resolveHost(hostname: string): Promise<readonly string[]> {
  try {
    const found = await lookup(hostname, { all: true });
    return found.map(({ address }) => address);
  } catch (cause) {
    throw new AuthError('unreachable', `The host ${hostname} has no address.`, { cause });
  }
}
