import type { Caller, HandlerContextLike, HostLike } from './host.ts';

/** A digest of whoever calls: what is kept tells nobody who it was. */
export async function ownerOf(
  host: HostLike,
  { principal }: Pick<HandlerContextLike, 'principal'>,
): Promise<string> {
  const bytes = new TextEncoder().encode(host.principalKey(principal));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether nobody vouches for a caller: whoever has the id of a task then has the task. */
export function isAnonymous({ issuer, subject }: Caller): boolean {
  return issuer === '' && subject === '';
}
