import { hash } from 'node:crypto';
import { keyedMeta } from './key.ts';

/** What a key is made of: whatever an answer may depend on. */
export interface KeyParts {
  /** See `Fingerprints`. */
  readonly fingerprint: string;
  readonly method: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** A text that is equal for two requests only where they ask the same, and what everyone's answer to them is kept under. */
export interface Key {
  readonly text: string;
  readonly everyones: string;
}

/** Under which what is one audience's is kept. No audience is empty, nor begins as what is everyone's does. */
export function ownKey({ text }: Key, own: string): string {
  return `${own} ${text}`;
}

/** Makes keys, those of requests that come again in the same words (see `KnownMessages`) once. */
export class Keys {
  /** By params that many messages have in common: their last key, and what it was made of. */
  readonly #last = new WeakMap<object, { readonly parts: KeyParts; readonly key: Key }>();

  of(parts: KeyParts): Key {
    const last = this.#last.get(parts.params);
    if (last !== undefined && isLike(last.parts, parts)) return last.key;
    const text = textOf(parts);
    const key = { text, everyones: `*${text}` };
    // Nobody can change them.
    if (Object.isFrozen(parts.params)) this.#last.set(parts.params, { parts, key });
    return key;
  }
}

// ---

/** A key longer than this is kept as its digest. */
const LONGEST_KEY = 512;

/** Whether they say the same beside the params. */
function isLike(one: KeyParts, other: KeyParts): boolean {
  if (one.fingerprint !== other.fingerprint || one.method !== other.method || one.query !== other.query)
    return false;
  const { length } = one.headers;
  if (length !== other.headers.length) return false;
  for (let i = 0; i < length; i++) if (one.headers[i] !== other.headers[i]) return false;
  return true;
}

function textOf({ fingerprint, method, query, headers, params }: KeyParts): string {
  const meta = canonical(keyedMeta(params));
  // A fingerprint is of one length, and each other part ends where its JSON does.
  let text = `${fingerprint}${canonical(method)}${canonical(query)}${canonical(headers)}${meta}`;
  for (const name of namesOf(params))
    if (name !== '_meta') text += `,${JSON.stringify(name)}:${canonical(params[name])}`;
  return text.length <= LONGEST_KEY ? text : hash('sha256', text, 'base64url');
}

/** JSON with the members of every object in one order. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(canonical).join(',')}]`;
  let text = '';
  for (const name of namesOf(value))
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonical(Reflect.get(value, name))}`;
  return `{${text}}`;
}

/** The names of an object's members in one order. Most objects have a few, for which `sort` is much ado. */
function namesOf(value: object): readonly string[] {
  const names = Object.keys(value);
  if (names.length > A_FEW) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i] ?? '';
    let at = i;
    for (; at > 0 && (names[at - 1] ?? '') > name; at--) names[at] = names[at - 1] ?? '';
    names[at] = name;
  }
  return names;
}

const A_FEW = 8;
