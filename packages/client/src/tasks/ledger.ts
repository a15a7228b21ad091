import type { InputRequest, InputRequests, InputResponse, InputResponses } from '@switchyard/wire';
import { canonical } from '../cache/key.ts';
import { ClientError } from '../errors.ts';

/** What became of a question. */
export interface LedgerEntry {
  /** Of the request: one key names one request, for the life of its task. */
  readonly fingerprint: string;
  /** Given by the user, and not taken by the server yet. */
  readonly answer?: InputResponse;
}

/** What a snapshot of questions comes to. */
export interface Admitted {
  /** Never asked before. */
  readonly fresh: readonly (readonly [key: string, request: InputRequest])[];
  /** Answered before; the server has not taken the answers. */
  readonly undelivered: InputResponses;
}

/** Remembers which questions were asked and answered, so that nobody is asked twice. Tasks: Task Update Requests. */
export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #asked = new Set<string>();
  readonly #max: number;
  /** How many questions there were, those that were taken back included. */
  #count: number;

  constructor(max: number, known: Readonly<Record<string, LedgerEntry>> = {}) {
    this.#max = max;
    for (const [key, entry] of Object.entries(known)) this.#entries.set(key, entry);
    this.#count = this.#entries.size;
  }

  /**
   * Takes up the questions that are open. Rejects with `ClientError` `invalid-response` where a key comes back with another
   * question, `too-many-rounds` beyond the limit.
   */
  async admit(requests: InputRequests): Promise<Admitted> {
    const fresh: (readonly [string, InputRequest])[] = [];
    const undelivered: InputResponses = {};
    for (const [key, request] of Object.entries(requests)) {
      const fingerprint = await digest(canonical(request));
      const known = this.#entries.get(key);
      if (known === undefined) {
        if (this.#count >= this.#max) throw tooMany(this.#max);
        this.#count += 1;
        this.#entries.set(key, { fingerprint });
        this.#asked.add(key);
        fresh.push([key, request]);
      } else if (known.fingerprint !== fingerprint) throw reused(key);
      else if (known.answer !== undefined) undelivered[key] = known.answer;
    }
    return { fresh, undelivered };
  }

  /** The question was not asked after all. */
  release(key: string): void {
    if (this.#asked.delete(key)) this.#entries.delete(key);
  }

  /** The user has answered. */
  answered(key: string, answer: InputResponse): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#asked.delete(key);
    this.#entries.set(key, { ...entry, answer });
  }

  /** The server has taken the answers. */
  delivered(keys: readonly string[]): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      this.#asked.delete(key);
      if (entry !== undefined) this.#entries.set(key, { fingerprint: entry.fingerprint });
    }
  }

  /** What another process must know: not the questions that somebody is looking at, since their answers will be lost. */
  toJSON(): Record<string, LedgerEntry> {
    return Object.fromEntries([...this.#entries].filter(([key]) => !this.#asked.has(key)));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function reused(key: string): ClientError {
  const message = `The task asks something else under the key ${JSON.stringify(key)} than before.`;
  return new ClientError('invalid-response', message, { mayHaveRun: true });
}

function tooMany(max: number): ClientError {
  return new ClientError('too-many-rounds', `The task asks more than ${max} questions.`, {
    mayHaveRun: true,
  });
}
