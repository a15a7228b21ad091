import { lookOf } from './hidden.ts';
import type { PinKind } from './pins.ts';

/** The names that look the same, by kind and look. */
export type Looks = Map<string, Set<string>>;

/** Notes a name that a server uses. */
export function noteLook(kind: PinKind, name: string, looks: Looks): void {
  const key = `${kind} ${lookOf(name)}`;
  const alike = looks.get(key);
  if (alike === undefined) looks.set(key, new Set([name]));
  else alike.add(name);
}

/** Whether a name looks like another but is written with other letters; the one in plain Latin, if any, is the other. */
export function isLookalike(kind: PinKind, name: string, looks: Looks): boolean {
  const look = lookOf(name);
  return name !== look && (looks.get(`${kind} ${look}`)?.size ?? 0) > 1;
}
