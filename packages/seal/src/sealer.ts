import { type Cipher, joseCipher } from './cipher.ts';
import {
  contextDigest,
  joinHandle,
  PAYLOAD_OVERHEAD,
  parseHandle,
  readPayload,
  type SealContext,
  standInHandle,
  writePayload,
} from './handle.ts';
import type { JSONValue } from './json.ts';
import { randomKey } from './key.ts';
import { KeyRing, RingKey } from './key-ring.ts';

/** How to make a sealer. */
export interface SealerOptions {
  /** The keys, or a function that gives the current ones: change what it returns to rotate without a restart. */
  readonly keys: KeyRing | (() => KeyRing);
  /** The current time in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** The most bytes of JSON that one handle may carry; more is not sealed, and longer handles are refused unread. @default 65536 */
  readonly maxBytes?: number;
}

/** What to seal a handle for, and for how long. */
export interface SealOptions extends SealContext {
  /** Milliseconds until the handle is refused: more than 0. Keep it as short as the use allows. */
  readonly ttlMs: number;
}

/** What an accepted handle held. */
export interface Opened {
  readonly data: JSONValue;
  /** Unique to the handle: what a `NonceStore` consumes to make it single-use. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Seals state into handles that their holder can neither read nor alter, and opens them again on any instance. */
export interface Sealer {
  /**
   * Resolves to a handle over `data`, a compact JWE (`dir`, `A256GCM`; RFC 7516). Throws a TypeError when the data is
   * not JSON or exceeds `maxBytes`, or an option is unusable.
   */
  seal(data: JSONValue, options: SealOptions): Promise<string>;
  /**
   * Resolves to what a handle holds, or to `undefined` when it is malformed, altered, sealed by a key outside the ring,
   * for another purpose, principal or binding, or expired. All refusals look the same and cost one decryption.
   */
  open(handle: string, context: SealContext): Promise<Opened | undefined>;
}

/** Makes a sealer. Throws a TypeError when an option is unusable. `jose` is loaded on the first use, not before. */
export function createSealer(options: SealerOptions): Sealer {
  return createSealerWith(joseCipher(), options);
}

/** Makes a sealer over a given cipher: the seam through which tests count decryptions. */
export function createSealerWith(cipher: Cipher, options: SealerOptions): Sealer {
  const { keys, now = Date.now, maxBytes = 65_536 } = options;
  if (typeof keys !== 'function' && !(keys instanceof KeyRing)) {
    throw new TypeError(
      'A sealer needs `keys`: a key ring from createKeyRing(), or a function that returns one',
    );
  }
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    throw new TypeError('`maxBytes` must be a positive integer');
  const bench: Bench = {
    cipher,
    now,
    maxBytes,
    maxLength: Math.ceil(((PAYLOAD_OVERHEAD + maxBytes) * 4) / 3) + FRAME_CHARACTERS,
    ring: typeof keys === 'function' ? keys : () => keys,
    standIn: undefined,
  };
  return {
    seal: (data, sealOptions) => seal(bench, data, sealOptions),
    open: (handle, context) => open(bench, handle, context),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The most characters of a handle beside its ciphertext: header with the longest key id, vector, tag and dots. */
const FRAME_CHARACTERS = 192;

interface Bench {
  readonly cipher: Cipher;
  readonly now: () => number;
  readonly maxBytes: number;
  readonly maxLength: number;
  readonly ring: () => KeyRing;
  /** Opens nothing; it takes the place of a key that is not in the ring. Made on first use, since some runtimes forbid randomness at load. */
  standIn: RingKey | undefined;
}

function seal(bench: Bench, data: JSONValue, options: SealOptions): Promise<string> {
  checkContext(options);
  const expiresAt = bench.now() + options.ttlMs;
  if (!(options.ttlMs > 0) || !Number.isSafeInteger(Math.ceil(expiresAt))) {
    throw new TypeError('`ttlMs` must be a positive number of milliseconds');
  }
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined) throw new TypeError('Only JSON values can be sealed');
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > bench.maxBytes) {
    throw new TypeError(`Too much to seal: ${bytes.length} bytes of JSON, at most ${bench.maxBytes}`);
  }
  return encrypt(bench, { context: options, expiresAt, bytes });
}

async function encrypt(
  bench: Bench,
  content: { context: SealContext; expiresAt: number; bytes: Uint8Array },
): Promise<string> {
  const key = bench.ring().sealingKey();
  const digest = await contextDigest(content.context);
  const payload = writePayload(digest, content.expiresAt, content.bytes);
  return bench.cipher.encrypt(payload, key.protectedHeader, await key.cryptoKey());
}

async function open(bench: Bench, handle: string, context: SealContext): Promise<Opened | undefined> {
  checkContext(context);
  const digest = await contextDigest(context);
  bench.standIn ??= new RingKey(randomKey('none'));
  const parsed = readHandle(bench, handle);
  const parts = parsed ?? standInHandle(bench.standIn.header, standInLength(bench, handle));
  const known = parsed && bench.ring().openingKey(parsed.header);
  const key = known ?? bench.standIn;
  const token = joinHandle({ ...parts, header: key.header });
  const plaintext = await bench.cipher.decrypt(token, await key.cryptoKey());
  const payload = readPayload(plaintext ?? new Uint8Array(), digest);
  const fresh = bench.now() < payload.expiresAt;
  if (known === undefined || plaintext === undefined || !payload.forContext || !fresh) return undefined;
  return {
    data: JSON.parse(new TextDecoder().decode(payload.data)),
    id: parts.iv,
    expiresAt: payload.expiresAt,
  };
}

function readHandle(bench: Bench, handle: unknown): ReturnType<typeof parseHandle> {
  if (typeof handle !== 'string' || handle.length > bench.maxLength) return undefined;
  return parseHandle(handle);
}

function standInLength(bench: Bench, handle: unknown): number {
  return typeof handle === 'string' ? Math.min(handle.length, bench.maxLength) : 0;
}

function checkContext(context: SealContext): void {
  for (const field of ['purpose', 'principal', 'binding'] as const) {
    if (typeof context[field] !== 'string') throw new TypeError(`\`${field}\` must be a string`);
  }
  if (context.purpose === '') throw new TypeError('`purpose` must not be empty');
}
