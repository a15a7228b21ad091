import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import type { AuditRow } from '../store/store.ts';

/** What stands for the hash of the record before the first. */
export const NOTHING_BEFORE: string = 'A'.repeat(43);

/** The hash of a record: SHA-256 over chain, number, hash before and body, a line each, base64url. */
export function hashOf({ chain, seq, prev, body }: Omit<AuditRow, 'hash'>): string {
  return hash('sha256', `${chain}\n${seq}\n${prev}\n${body}`, 'base64url');
}

/** What vouches for a chain up to a record. Kept outside the store, it also shows that records were cut off the end. */
export interface Anchor {
  readonly v: 1;
  readonly chain: string;
  /** The last record that is vouched for. */
  readonly seq: number;
  /** Its hash, and by that everything before it. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Which key has signed: the first 16 characters of the SHA-256 of the public key (SPKI, DER), base64url. */
  readonly key?: string;
  /** Ed25519, base64url; absent where no key is configured. */
  readonly signature?: string;
}

/** What an anchor says before it is signed. */
export type AnchorClaim = Pick<Anchor, 'chain' | 'seq' | 'hash' | 'at'>;

/** Signs anchors. */
export interface Signer {
  readonly key: string;
  sign(claim: AnchorClaim): string;
}

/** A signer with an Ed25519 private key in PEM (PKCS #8). Throws `TypeError` for anything else, without a word of it. */
export function signerOf(pem: string): Signer {
  const key = ed25519(() => createPrivateKey(pem), 'private');
  return {
    key: keyIdOf(createPublicKey(key)),
    sign: (claim) => sign(null, signedText(claim), key).toString('base64url'),
  };
}

/** Checks anchors by public key. */
export interface AnchorChecker {
  /** `undefined` where the signature holds; otherwise what is wrong. */
  fault(anchor: Anchor): string | undefined;
}

/** A checker for the public keys in a PEM text: several where keys have been rotated. Throws `TypeError` for anything else. */
export function checkerOf(pem: string): AnchorChecker {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
  const keys = new Map(
    blocks.map((block) => {
      const key = ed25519(() => createPublicKey(block), 'public');
      return [keyIdOf(key), key] as const;
    }),
  );
  if (keys.size === 0) throw new TypeError('there is no public key in it');
  return {
    fault(anchor) {
      if (anchor.key === undefined || anchor.signature === undefined) return 'is not signed';
      const key = keys.get(anchor.key);
      if (key === undefined) return `is signed with another key (${anchor.key})`;
      const signature = Buffer.from(anchor.signature, 'base64url');
      return verify(null, signedText(anchor), key, signature)
        ? undefined
        : 'has a signature that does not hold';
    },
  };
}

// ---

function signedText({ chain, seq, hash: head, at }: AnchorClaim): Buffer {
  return Buffer.from(`switchyard-audit-anchor-v1\n${chain}\n${seq}\n${head}\n${at}`);
}

function keyIdOf(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'base64url').slice(0, 16);
}

function ed25519(read: () => KeyObject, kind: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // What it says may repeat what was read.
  }
  if (key?.asymmetricKeyType !== 'ed25519') throw new TypeError(`it is not an Ed25519 ${kind} key in PEM`);
  return key;
}
