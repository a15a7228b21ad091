import type { LiveServer } from '../plan/live.ts';
import { callersQuestion } from '../surface/question.ts';
import type { EarlyAnswer, EarlyAnswers, EarlyParts } from '../surface/serve.ts';
import type { Surface } from '../surface/surface.ts';
import type { ResponseCache } from './cache.ts';
import type { Hit } from './freshness.ts';
import type { Inquiry } from './inquiry.ts';
import { readyResponse, readyResult, resultOf } from './ready-result.ts';
import { Shown, type ShownAnswer } from './shown.ts';

/** What answering out of the cache needs. */
export interface KeptAnswersParts {
  readonly cache: ResponseCache;
  readonly surface: Surface;
  /** How many bytes of what views made of kept answers are kept. */
  readonly maxShownBytes: number;
}

/** Writes kept answers as bytes: of a request only its id and its params are looked at, of the result nothing at all. */
export class KeptAnswers implements EarlyAnswers {
  readonly #cache: ResponseCache;
  readonly #surface: Surface;
  readonly #shown: Shown;

  constructor({ cache, surface, maxShownBytes }: KeptAnswersParts) {
    this.#cache = cache;
    this.#surface = surface;
    this.#shown = new Shown(maxShownBytes);
  }

  concerns(server: LiveServer, method: string): boolean {
    return this.#cache.concerns(server, method);
  }

  answer(parts: EarlyParts): EarlyAnswer | Promise<EarlyAnswer> {
    const { exchange, server, message } = parts;
    const { method, params = {} } = message.request;
    const { head, query } = exchange.request;
    const asked = { server, method, params, query, headers: head.outbound };
    const inquiry = this.#cache.inquiry(asked, exchange);
    if (inquiry === undefined) return undefined;
    const found = this.#cache.find(inquiry);
    if (found instanceof Promise) return found.then((hit) => this.#answerWith(hit, inquiry, parts));
    return this.#answerWith(found, inquiry, parts);
  }

  #answerWith(hit: Hit | undefined, inquiry: Inquiry, parts: EarlyParts): EarlyAnswer | Promise<EarlyAnswer> {
    if (hit === undefined || !this.#cache.freshness.serves(hit)) return undefined;
    const { exchange, message } = parts;
    if (!hit.fresh) this.#cache.revalidate(inquiry, callersQuestion(message, parts));
    this.#cache.count(hit);
    exchange.kept = hit.fresh ? 'fresh' : 'stale';
    const { id } = message.request;
    const ttlMs = this.#cache.freshness.remaining(hit.entry);
    if (!this.#surface.concerns(inquiry.method)) return readyResponse(id, hit.entry.body, ttlMs);
    const key = `${this.#surface.key(exchange, inquiry.method)}\n${inquiry.audience.own ?? ''}\n${inquiry.key.text}`;
    const shown = this.#shown.get(key, hit.entry.body);
    if (shown !== undefined) {
      for (const note of shown.notes) exchange.note(note);
      return readyResponse(id, shown.shown, ttlMs);
    }
    return this.#show(hit.entry.body, inquiry, parts).then((made) => {
      this.#shown.set(key, made);
      return readyResponse(id, made.shown, ttlMs);
    });
  }

  async #show(body: Buffer, { method, server }: Inquiry, { exchange }: EarlyParts): Promise<ShownAnswer> {
    const before = exchange.notes.length;
    const shown = await this.#surface.show(resultOf(body), { exchange, server, method });
    return { source: body, shown: readyResult(shown), notes: exchange.notes.slice(before) };
  }
}
