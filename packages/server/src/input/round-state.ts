import type { KeyRing, NonceStore, Sealer } from '@switchyard/seal';
import { createKeyRing, createSealer, digest, parseKeys, randomKey } from '@switchyard/seal';
import type { InputResponse, JSONValue } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import type { InputMethod } from './responses.ts';

/** How input rounds keep their state, which travels through the caller as `requestState`. */
export interface RequestStateOptions {
  /**
   * The keys that seal it: a key ring, or text such as `id:base64url,older:base64url` (the first seals, all open).
   * Every instance needs the same. Left out, a random key is made at the first use, and a warning says so.
   */
  readonly keys?: KeyRing | string;
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

/** Builds {@link RoundStates}; nothing is loaded or made before the first use. */
export function createRoundStates(options: RequestStateOptions, host: RoundHost): RoundStates {
  const { nonces, ttlMs = DEFAULT_TTL_MS } = options;
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0)
    throw new TypeError('requestState.ttlMs must be a positive whole number.');
  // Text is parsed at once, so that a malformed key stops the start and not the first round.
  const given = typeof options.keys === 'string' ? createKeyRing(parseKeys(options.keys)) : options.keys;
  let sealer: Sealer | undefined;
  const ready = (): Sealer => {
    if (given === undefined && sealer === undefined) host.warn(RANDOM_KEY);
    sealer ??= createSealer({ keys: given ?? createKeyRing([randomKey()]), now: host.now });
    return sealer;
  };
  return {
    async seal(state, binding) {
      const bound = { purpose: PURPOSE, principal: binding.principal, binding: await digestBinding(binding) };
      // A round state is JSON through and through; its type is only narrower.
      return ready().seal(state as unknown as JSONValue, { ...bound, ttlMs });
    },
    async open(handle, binding) {
      const bound = { purpose: PURPOSE, principal: binding.principal, binding: await digestBinding(binding) };
      const opened = await ready().open(handle, bound);
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

function digestBinding({ method, params }: RoundBinding): Promise<string> {
  const { _meta, inputResponses, requestState, ...salient } = params;
  // Parameters came out of JSON.parse.
  return digest([method, salient as JSONValue]);
}
