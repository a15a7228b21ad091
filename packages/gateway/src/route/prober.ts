import { HEADER, META, PROTOCOL_VERSION, requestMessage } from '@switchyard/wire';
import type { Dispatcher } from 'undici';
import type { Channel, ChannelRequest } from '../forward/channel/channel.ts';
import type { ActiveHealthPlan } from '../plan/plan.ts';

/** What a prober asks, and whom it tells. */
export interface ProberParts {
  readonly channel: Channel;
  /** Path and query of the MCP endpoint. */
  readonly target: string;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told how each probe went. */
  readonly judged: (verdict: 'good' | 'bad') => void;
}

const JITTER = 0.2;
/** A probe is about whether there is an answer, not about all of it. */
const MOST_READ_BYTES = 256 * 1024;

/** Asks a replica from time to time whether it is well, so that callers need not find out. */
export class Prober {
  readonly #plan: ActiveHealthPlan;
  readonly #parts: ProberParts;
  #timer: NodeJS.Timeout | undefined;
  #probe: Probe | undefined;
  #stopped = false;

  constructor(plan: ActiveHealthPlan, parts: ProberParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#probe?.stop();
  }

  #wait(): void {
    const { intervalMs } = this.#plan;
    const spread = 1 + JITTER * (this.#parts.random() - 0.5);
    this.#timer = setTimeout(() => this.#ask(), intervalMs * spread).unref();
  }

  #ask(): void {
    const { path, timeoutMs } = this.#plan;
    const { channel, target, judged } = this.#parts;
    const isWell = path === undefined ? answers : succeeds;
    this.#probe = new Probe(timeoutMs, (status) => {
      if (this.#stopped) return;
      judged(status !== undefined && isWell(status) ? 'good' : 'bad');
      this.#wait();
    });
    channel.dispatch(path === undefined ? discovery(target) : lookUp(path), this.#probe);
  }
}

// ---

/** One question, and the status of its answer; `undefined` where none comes in time. */
class Probe implements Dispatcher.DispatchHandler {
  readonly #done: (status: number | undefined) => void;
  readonly #late: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #read = 0;
  #told = false;

  constructor(timeoutMs: number, done: (status: number | undefined) => void) {
    this.#done = done;
    // An answer that has begun well is waited for no longer than one that has not.
    this.#late = setTimeout(() => {
      this.#tell(undefined);
      this.stop();
    }, timeoutMs).unref();
  }

  stop(): void {
    clearTimeout(this.#late);
    this.#told = true;
    this.#controller?.abort(new Error('the probe is over'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#told) controller.abort(new Error('the probe is over'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#tell(status);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#read += chunk.byteLength;
    if (this.#read > MOST_READ_BYTES) this.stop();
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(): void {
    this.#finish();
    this.#tell(undefined);
  }

  #finish(): void {
    clearTimeout(this.#late);
    this.#controller = undefined;
  }

  #tell(status: number | undefined): void {
    if (this.#told) return;
    this.#told = true;
    this.#done(status);
  }
}

/** Whoever refuses a request, for want of credentials even, is there. */
function answers(status: number): boolean {
  return status < 500;
}

function succeeds(status: number): boolean {
  return status >= 200 && status < 300;
}

function discovery(target: string): ChannelRequest {
  const method = 'server/discover';
  const _meta = { [META.protocolVersion]: PROTOCOL_VERSION, [META.clientCapabilities]: {} };
  const body = Buffer.from(requestMessage(1, method, { _meta }));
  const headers = [
    ...['content-type', 'application/json', 'content-length', String(body.byteLength)],
    ...['accept', 'application/json, text/event-stream'],
    ...[HEADER.protocolVersion, PROTOCOL_VERSION, HEADER.method, method],
  ];
  return { path: target, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 };
}

function lookUp(path: string): ChannelRequest {
  return { path, method: 'GET', headers: [], body: null, headersTimeout: 0, bodyTimeout: 0 };
}
