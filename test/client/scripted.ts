import type { Environment, TerminatingLink, WireReply, WireRequest } from '@switchyard/client';

/** A request as a test reads it. */
export interface Received {
  readonly wire: WireRequest;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What a scripted server does with a request: gives a result, or throws. */
export type Script = (
  received: Received,
  turn: number,
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

/** An error that a scripted server answers with. */
export class Answered extends Error {
  readonly reply: { readonly code: number; readonly message: string; readonly data?: unknown };
  readonly more: Partial<WireReply>;

  constructor(code: number, more: Partial<WireReply> & { readonly data?: unknown } = {}) {
    super(`answered with ${code}`);
    const { data, ...rest } = more;
    this.reply = { code, message: `error ${code}`, ...(data === undefined ? {} : { data }) };
    this.more = rest;
  }
}

/** A server that does what a test says. */
export interface Scripted {
  readonly link: TerminatingLink;
  /** What was received, in order. */
  readonly received: Received[];
}

/** A terminating link without a wire. */
export function scripted(script: Script, transport: 'http' | 'stdio' = 'http'): Scripted {
  const received: Received[] = [];
  const send = async (wire: WireRequest): Promise<WireReply> => {
    const { method, params } = JSON.parse(wire.body) as Received;
    const one = { wire, method, params };
    received.push(one);
    try {
      const result = await script(one, received.length);
      return {
        status: 200,
        response: { jsonrpc: '2.0', id: wire.id, result: { resultType: 'complete', ...result } },
      };
    } catch (error) {
      if (!(error instanceof Answered)) throw error;
      return { status: 200, ...error.more, response: { jsonrpc: '2.0', id: wire.id, error: error.reply } };
    }
  };
  return { link: { address: 'http://scripted/mcp', transport, send }, received };
}

/** Time and chance in the hands of a test. */
export class FakeClock implements Environment {
  /** What `random` gives. */
  chance = 0;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  #now = Date.UTC(2026, 6, 28);
  #ids = 0;

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  uniqueId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size;
  }

  /** In how many milliseconds the next timer is due. */
  get nextIn(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at)) - this.#now;
  }

  /** Lets time pass; everything that is ready runs before and after. */
  async pass(ms: number): Promise<void> {
    await turns();
    const end = this.#now + ms;
    for (;;) {
      const [due] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await turns();
    }
    this.#now = end;
    await turns();
  }
}

/** Lets everything that is ready run. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
