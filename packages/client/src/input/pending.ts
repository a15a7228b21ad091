import type { InputRequests, Result } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { Params } from '../link.ts';
import { readInputRequired } from './input-required.ts';

/** A pending call, as it is written down. */
export interface PendingState {
  readonly id: string;
  /** Where it belongs. */
  readonly address: string;
  readonly method: string;
  /** Params of the call, without those of any round. */
  readonly params: Params;
  readonly inputRequests: InputRequests;
  readonly requestState?: string;
  /** How many rounds there have been. */
  readonly round: number;
}

const FORMAT = 'switchyard-pending-1';

/** Writes a pending call down. */
export function serializePending(state: PendingState): string {
  return JSON.stringify({ format: FORMAT, ...state });
}

/** Reads what `serializePending` wrote. Throws `TypeError` for anything else. */
export function parsePending(text: string): PendingState {
  const value: unknown = parse(text);
  if (!isObject(value) || value['format'] !== FORMAT) throw notPending();
  const { id, address, method, params, inputRequests, requestState, round } = value;
  if (typeof id !== 'string' || typeof address !== 'string' || typeof method !== 'string') throw notPending();
  if (!isObject(params) || !Number.isSafeInteger(round)) throw notPending();
  try {
    const result: Result = { resultType: 'input_required', inputRequests, requestState };
    return { id, address, method, params, round: Number(round), ...readInputRequired(method, result) };
  } catch (error) {
    throw error instanceof ClientError ? notPending() : error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notPending();
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notPending(): TypeError {
  return new TypeError('This is no pending call that serialize() has written.');
}
