import { formatKeys, randomKey, type SealKey } from '@switchyard/seal';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** The options of `switchyard keys`. */
export interface KeysSettings {
  readonly id?: string;
}

/** Prints a fresh key, and how to rotate. Throws `Failure` for an id that is not one. */
export function runKeys(settings: KeysSettings, terminal: Terminal): void {
  terminal.print(formatKeys([freshKey(settings.id)]));
  terminal.note(ROTATION);
}

function freshKey(id: string | undefined): SealKey {
  try {
    return randomKey(id);
  } catch (error) {
    throw new Failure(error instanceof Error ? `${error.message}.` : String(error));
  }
}

const ROTATION = `
Set it as SWITCHYARD_KEYS on every instance. To rotate, with no interruption, in three deployments:
  1. SWITCHYARD_KEYS=old,new   every instance can open what the new key will seal
  2. SWITCHYARD_KEYS=new,old   the first key seals, all open
  3. SWITCHYARD_KEYS=new       once what the old key sealed has expired (10 minutes, unless requestState.ttlMs says otherwise)`;
