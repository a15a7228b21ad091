import type { InputResponse } from '@switchyard/wire';
import type { LedgerEntry } from './ledger.ts';

/** A task, as it is written down for another process. */
export interface Reference {
  /** Where it belongs. */
  readonly address: string;
  readonly taskId: string;
  /** The request that became a task, and what it named. */
  readonly method: string;
  readonly name: string;
  /** The questions that were answered, by key. */
  readonly keys: Readonly<Record<string, LedgerEntry>>;
}

const FORMAT = 'switchyard-task-1';

/** Writes a reference down. */
export function serializeReference(reference: Reference): string {
  return JSON.stringify({ format: FORMAT, ...reference });
}

/** Reads what `serializeReference` wrote. Throws `TypeError` for anything else. */
export function parseReference(text: string): Reference {
  const value = parse(text);
  if (!isObject(value) || value['format'] !== FORMAT || !isObject(value['keys'])) throw notReference();
  const { address, taskId, method, name, keys } = value;
  if (typeof address !== 'string' || typeof taskId !== 'string' || taskId === '') throw notReference();
  if (typeof method !== 'string' || typeof name !== 'string') throw notReference();
  const entries = Object.entries(keys).map(([key, entry]) => [key, toEntry(entry)] as const);
  return { address, taskId, method, name, keys: Object.fromEntries(entries) };
}

// ---------------------------------------------------------------------------------------------------------------------

function toEntry(value: unknown): LedgerEntry {
  if (!isObject(value) || typeof value['fingerprint'] !== 'string') throw notReference();
  const { fingerprint, answer } = value;
  if (answer === undefined) return { fingerprint };
  if (!isObject(answer)) throw notReference();
  // Written by us; the server looks at it again.
  return { fingerprint, answer: answer as unknown as InputResponse };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notReference();
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notReference(): TypeError {
  return new TypeError('This is no reference to a task that serialize() has written.');
}
