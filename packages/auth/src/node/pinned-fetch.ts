import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Fetch } from '../http.ts';

/**
 * A `fetch` for Node that dials the addresses it is told to and asks nobody about the name again, so that a name which was looked
 * at and found public cannot turn private in between (DNS rebinding). Certificates are held to the name all the same. Without
 * addresses it is as `fetch`. Connections are not kept: requests of this kind are rare.
 */
export const pinnedFetch: Fetch = async (url, init, dial) => {
  if (dial === undefined) return globalThis.fetch(url, init);
  const agent = new Agent({ connect: { lookup: pinned(dial.addresses) }, pipelining: 0 });
  try {
    // The library's types are those of the same standard, of another version.
    const response: unknown = await undiciFetch(url, { ...(init as object), dispatcher: agent });
    return response as Response;
  } finally {
    // Lets what is under way come to its end.
    void agent.close().catch(() => undefined);
  }
};

// ---

function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_hostname, { all }, callback) => {
    const [first] = found;
    if (first === undefined) callback(new Error('There is no address to dial.'), '');
    else if (all === true) callback(null, [...found]);
    else callback(null, first.address, first.family);
  };
}
