import type { KeyRing, NonceStore, SealContext, Sealer } from '@switchyard/seal';
import type { InputResponse, JSONValue } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import type { InputMethod } from './responses.ts';

/** How input rounds keep their state, which travels through the caller as `requestState`. */
export interface RequestStateOptions {
  /**
   * The keys that seal it: a key ring, or text such as `id:base64url,older:base64url` (the first seals, all open).
   * Every instance needs the same. Left out, a random key is made at the first use, and a warning says so.
   */
  readonly keys?: KeyRing | string | undefined;
  /** How long a caller may take to answer, in milliseconds. @default 600000 (10 minutes) */
  readonly ttlMs?: number;
  /** Makes every state usable once only; several instances need a shared store. @default none: usable until it expires */
  readonly nonces?: NonceStore;
}

/** What one round hands to the next. */
export interface RoundState {
  /** How many rounds there have been. */
  readonly round: number;
  /** Questions not answered yet: digest and method by key. */
  readonly asked: Readonly<Record<string, readonly [digest: string, method: InputMethod]>>;
  /** Answers so far, each with the digest of its question. */
  readonly answers: Readonly<Record<string, readonly [digest: string, response: InputResponse]>>;
  /** Results of the steps that are done. */
  readonly steps: Readonly<Record<string, JSONValue>>;
  /** What the handler itself wants back. */
  readonly user?: JSONValue;
}

/** What a state is bound to: it opens for nothing else. */
export interface RoundBinding {
  /** The caller, as `principalKey` writes it. */
  readonly principal: string;
  readonly method: string;
  /** The request's parameters; `_meta`, `inputResponses` and `requestState` do not count. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Seals and opens the state of rounds. */
export interface RoundStates {
  /** Rejects with a `TypeError` where the keys were given as text and are malformed. */
  ready(): Promise<void>;
  /** A digest of what was asked. */
  digest(value: JSONValue): Promise<string>;
  seal(state: RoundState, binding: RoundBinding): Promise<string>;
  /** Throws a -32602 `ProtocolError`, always the same, for a state that is altered, foreign or expired. */
  open(handle: string, binding: RoundBinding): Promise<OpenedRound>;
}

/** A state that has been opened, and may be believed. */
export interface OpenedRound {
  readonly state: RoundState;
  /** Uses the state up, where it is single-use; throws the same error as `open` where somebody has done so before. */
  use(): Promise<void>;
}

const PURPOSE = 'mcp-request-state';
const DEFAULT_TTL_MS = 600_000;

/**
 * Builds {@link RoundStates}; nothing is loaded or made before the first use.
 * Throws `TypeError` for a time to live that is not sound.
 */
export function createRoundStates(options: RequestStateOptions, host: RoundHost): RoundStates {
  const { nonces, ttlMs = DEFAULT_TTL_MS } = options;
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0)
    throw new TypeError('requestState.ttlMs must be a positive whole number.');
  let sealer: Promise<Sealer> | undefined;
  const load = (): Promise<Sealer> => {
    sealer ??= loadSealer(options.keys, host);
    return sealer;
  };
  return {
    async ready() {
      // A malformed key stops the start, and not the first round.
      if (options.keys !== undefined) await load();
    },
    digest: digestOf,
    async seal(state, binding) {
      const context = await contextOf(binding);
      // A round state is JSON through and through; its type is only narrower.
      return (await load()).seal(state as unknown as JSONValue, { ...context, ttlMs });
    },
    async open(handle, binding) {
      const context = await contextOf(binding);
      const opened = await (await load()).open(handle, context);
      if (opened === undefined) throw refusal();
      const use = async (): Promise<void> => {
        if (nonces !== undefined && !(await nonces.consume(opened.id, opened.expiresAt))) throw refusal();
      };
      // Only this module seals under this purpose, so that what opens is what `seal` wrote.
      return { state: opened.data as unknown as RoundState, use };
    },
  };
}

/** What the states need from the server. */
export interface RoundHost {
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

const RANDOM_KEY =
  'Input rounds are sealed with a random key: no other instance, and no restart of this one, can continue them. ' +
  'Set requestState.keys, the same on every instance (`switchyard keys` makes one).';

const refusal = () =>
  invalidParams(
    'The requestState is not valid for this request. Send the request again without it to start over.',
  );

async function loadSealer(keys: RequestStateOptions['keys'], { now, warn }: RoundHost): Promise<Sealer> {
  const { createKeyRing, createSealer, parseKeys, randomKey } = await import('@switchyard/seal');
  if (keys === undefined) warn(RANDOM_KEY);
  const given = typeof keys === 'string' ? createKeyRing(parseKeys(keys)) : keys;
  return createSealer({ keys: given ?? createKeyRing([randomKey()]), now });
}

async function contextOf({ principal, method, params }: RoundBinding): Promise<SealContext> {
  const { _meta, inputResponses, requestState, ...salient } = params;
  // Parameters came out of JSON.parse.
  return { purpose: PURPOSE, principal, binding: await digestOf([method, salient as JSONValue]) };
}

async function digestOf(value: JSONValue): Promise<string> {
  const { digest } = await import('@switchyard/seal');
  return digest(value);
}
