import { hash, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';
import { withImplied } from './scopes.ts';

/** An API key as it is kept: by its hash. */
export interface KeyEntry {
  /** Who calls with it. */
  readonly name: string;
  /** `sha256:` and the digest of the key in hexadecimal. */
  readonly hash: string;
  readonly tenant?: string;
  readonly scopes?: readonly string[];
  /** A date, or a date and time with its offset; the key does not count from then on. */
  readonly expires?: string;
  /** The only servers that it opens. */
  readonly servers?: readonly string[];
}

/** A key that has been found. */
export interface FoundKey {
  readonly caller: Caller;
  /** The only servers that it opens; `undefined` opens all. */
  readonly servers: ReadonlySet<string> | undefined;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the keys of the gateway's own making begin with; they are shown to nobody else, an authorization server least of all. */
export const KEY_PREFIX = 'sy_';

/** Shorter ones can be guessed; the hash of a guess costs nothing. */
const SHORTEST = 32;
const LONGEST = 512;
const DIGEST = /^[0-9a-f]{64}$/;
/** So many characters of a digest. */
const BUCKET = 8;

interface Stored extends FoundKey {
  /** In hexadecimal. */
  readonly digest: string;
  /** The same, to be compared. */
  readonly bytes: Buffer;
}

/**
 * The API keys of a plan. Found by the first bytes of their digest and compared in constant time in all of them. One round
 * of SHA-256 is enough for a key of 256 random bits: slow hashes make up for what people choose, and would have to be paid
 * for each request.
 */
export class ApiKeys {
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Stored[]>();

  constructor(
    entries: readonly KeyEntry[],
    implied: Readonly<Record<string, readonly string[]>>,
    clock: () => number,
  ) {
    this.#clock = clock;
    for (const entry of entries) {
      const stored = toStored(entry, implied);
      const bucket = stored.digest.slice(0, BUCKET);
      this.#buckets.set(bucket, [...(this.#buckets.get(bucket) ?? []), stored]);
    }
  }

  /** Whose key that is; `undefined` for one that is not known, or no longer. */
  find(presented: string): FoundKey | undefined {
    if (presented.length < SHORTEST || presented.length > LONGEST) return undefined;
    const digest = hash('sha256', presented, 'hex');
    const candidates = this.#buckets.get(digest.slice(0, BUCKET));
    if (candidates === undefined) return undefined;
    const bytes = Buffer.from(digest, 'latin1');
    let found: Stored | undefined;
    for (const stored of candidates) if (timingSafeEqual(stored.bytes, bytes)) found = stored;
    return found !== undefined && this.#clock() < found.expiresAt ? found : undefined;
  }
}

/** When a key stops to count, in milliseconds since the epoch; `undefined` for a text that is no date. */
export function expiryOf(text: string): number | undefined {
  const ms = Date.parse(text);
  const day = text.slice(0, 'YYYY-MM-DD'.length);
  // `Date` reads the 31st of any month as a day of the next.
  const named = new Date(Date.parse(day));
  return Number.isNaN(ms) || !named.toJSON()?.startsWith(day) ? undefined : ms;
}

/** The digest that a key is kept by. */
export function hashOf(key: string): string {
  return `sha256:${hash('sha256', key, 'hex')}`;
}

// ---

function toStored(entry: KeyEntry, implied: Readonly<Record<string, readonly string[]>>): Stored {
  const { name, tenant, servers, expires, scopes = [] } = entry;
  const digest = entry.hash.slice('sha256:'.length).toLowerCase();
  if (!DIGEST.test(digest)) throw new TypeError('a hash of a key is 32 bytes, in hexadecimal');
  return {
    digest,
    bytes: Buffer.from(digest, 'latin1'),
    expiresAt: (expires === undefined ? undefined : expiryOf(expires)) ?? Number.POSITIVE_INFINITY,
    servers: servers === undefined ? undefined : new Set(servers),
    caller: {
      by: 'api-key',
      issuer: 'keys',
      subject: name,
      ...(tenant === undefined ? {} : { tenant }),
      scopes: withImplied(scopes, implied),
    },
  };
}
