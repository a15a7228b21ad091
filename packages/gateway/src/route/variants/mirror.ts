import type { RequestId } from '@switchyard/wire';
import type { ResponseSink } from '../../forward/errand.ts';
import type { ForwardContext } from '../../forward/forwarding.ts';
import type { UpstreamHeaders } from '../../forward/response-headers.ts';
import type { LiveServer, LiveVariant } from '../../plan/live.ts';
import { isRefusal } from '../../refusal.ts';
import { readReply, type Said } from '../../surface/said.ts';
import { callServer, type UpstreamReply } from '../../upstream/call.ts';
import { differences } from './differences.ts';

/** One request that a shadow gets a copy of. */
export interface MirrorParts {
  readonly server: LiveServer;
  readonly shadow: LiveVariant;
  readonly method: string;
  /** The tool, of a call. */
  readonly name: string | undefined;
  readonly id: RequestId;
  readonly context: ForwardContext;
}

/** How many copies may be on their way to one shadow; those beyond are not sent, and counted. */
const MOST_AT_ONCE = 32;

const LARGEST_COMPARED_BYTES = 1024 * 1024;

/**
 * A copy of a request for another version of its server. It is sent once the caller has its answer, so that it cannot delay
 * it, and what comes back is compared and thrown away.
 */
export class Mirror {
  readonly #parts: MirrorParts;
  #headers: readonly string[] = [];
  #body: Buffer | undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  /** What the server itself was sent. */
  sent(headers: readonly string[], body: Buffer): void {
    this.#headers = headers.slice();
    this.#body = body;
  }

  /** Watches the server's own answer on its way. */
  tap(sink: ResponseSink, status: number, headers: UpstreamHeaders): ResponseSink {
    return new Tapped(sink, (body) => this.answered({ status, headers, body }));
  }

  /** The server itself has answered; whoever asked has that. */
  answered(reply: UpstreamReply): void {
    const { shadow } = this.#parts;
    if (this.#body === undefined) return;
    if (shadow.pending >= MOST_AT_ONCE) {
      shadow.figures.shadow.dropped += 1;
      return;
    }
    shadow.pending += 1;
    void this.#compare(reply, this.#body).finally(() => {
      shadow.pending -= 1;
    });
  }

  async #compare(reply: UpstreamReply, body: Buffer): Promise<void> {
    const { shadow, server, method, name, id, context } = this.#parts;
    const copy = {
      server: shadow.server,
      method,
      headers: this.#headers,
      body,
      limitBytes: LARGEST_COMPARED_BYTES,
    };
    const theirs = await callServer(copy, context);
    const { figures } = shadow;
    figures.shadow.compared += 1;
    const found = isRefusal(theirs)
      ? [`(${theirs.reason})`]
      : [
          ...(theirs.status === reply.status ? [] : [`(status ${reply.status}, ${theirs.status})`]),
          ...differences(comparable(readReply(reply, id)), comparable(readReply(theirs, id))),
        ];
    if (found.length === 0) return;
    figures.shadow.differed += 1;
    const what = name === undefined ? {} : { name };
    context.log({ type: 'shadow-differs', server: server.plan.name, method, ...what, at: found });
  }
}

// ---

/** What two versions should agree on: not what they say of themselves, nor for how long it holds. */
function comparable(said: Said | { readonly reason: string }): unknown {
  if (!('kind' in said)) return said.reason;
  if (said.kind === 'error') return { code: said.error.code };
  const { _meta, ttlMs, cacheScope, requestState, ...rest } = said.result;
  return rest;
}

/** Passes an answer on, and keeps a copy where it is small enough to be compared. */
class Tapped implements ResponseSink {
  readonly #sink: ResponseSink;
  readonly #whole: (body: Buffer) => void;
  #chunks: Buffer[] | undefined = [];
  #total = 0;

  constructor(sink: ResponseSink, whole: (body: Buffer) => void) {
    this.#sink = sink;
    this.#whole = whole;
  }

  write(chunk: Buffer): boolean {
    this.#total += chunk.length;
    if (this.#total > LARGEST_COMPARED_BYTES) this.#chunks = undefined;
    this.#chunks?.push(chunk);
    return this.#sink.write(chunk);
  }

  whenRead(callback: () => void): void {
    this.#sink.whenRead(callback);
  }

  end(): void {
    this.#sink.end();
    if (this.#chunks !== undefined) this.#whole(Buffer.concat(this.#chunks));
  }
}
