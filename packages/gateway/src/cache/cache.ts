import { isInputRequired, methodInfo } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Refusal } from '../refusal.ts';
import type { Question } from '../surface/question.ts';
import { isSaid, type Said } from '../surface/said.ts';
import type { ResultSource } from '../surface/source.ts';
import type { CachePlan } from './config.ts';
import type { CacheStore, Entry } from './entry.ts';
import { Flights } from './flights.ts';
import { Freshness, type Hit, isOutage } from './freshness.ts';
import { type Asked, type Inquiry, inquiryOf, reput } from './inquiry.ts';
import { Audiences, Fingerprints } from './key.ts';
import { Keys, ownKey } from './keys.ts';
import { Unkept } from './unkept.ts';

/** What a cache is made of. */
export interface CacheParts {
  readonly plan: CachePlan;
  readonly store: CacheStore;
  /** Who is asked for what is not kept. */
  readonly source: ResultSource;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told of what is kept, and of which server. */
  readonly kept: (server: LiveServer, entry: Entry) => void;
}

/** What a flight brought. */
interface Landed {
  readonly said: Said | Refusal;
  /** For whom the answer is: everyone, or the audience of that name; `undefined` for who asked alone. */
  readonly for: 'everyone' | { readonly own: string } | undefined;
}

/** How often answers came from where. */
export interface CacheCounts {
  hits: number;
  stale: number;
  misses: number;
}

/**
 * Answers cacheable requests from what servers said before. Never kept: errors, what asks for input or comes of such a
 * round, what the server gives no time, and what is private where callers cannot be told apart.
 * Spec: server/utilities/caching.
 */
export class ResponseCache implements ResultSource {
  readonly freshness: Freshness;
  readonly counts: CacheCounts = { hits: 0, stale: 0, misses: 0 };
  readonly #parts: CacheParts;
  readonly #flights = new Flights<Landed>();
  readonly #audiences = new Audiences();
  readonly #unkept: Unkept;
  #retired = false;
  readonly #fingerprints = new Fingerprints();
  readonly #keys = new Keys();

  constructor(parts: CacheParts) {
    this.#parts = parts;
    this.freshness = new Freshness(parts.plan, parts.clock);
    this.#unkept = new Unkept(parts.clock);
  }

  /** Whether answers of that method of that server may be kept. */
  concerns(server: LiveServer, method: string): boolean {
    return server.plan.cache.cached && methodInfo(method)?.cacheable === true;
  }

  /** What a request asks, if its answer may be kept. */
  inquiry(asked: Asked, exchange: Exchange): Inquiry | undefined {
    const { server, method, params } = asked;
    if (!this.concerns(server, method) || 'inputResponses' in params || 'requestState' in params)
      return undefined;
    const audience = this.#audiences.of(exchange, server);
    if (!audience.shareable && audience.own === undefined) return undefined;
    const { ignoreHeaders: ignoredHeaders } = this.#parts.plan;
    const fingerprint = this.#fingerprints.of(server);
    return inquiryOf(asked, { audience, ignoredHeaders, fingerprint, keys: this.#keys });
  }

  /** What is kept for an inquiry, at once where the store can; fresh, or stale within the limits. */
  find({ key, server, topic, audience }: Inquiry): Hit | undefined | Promise<Hit | undefined> {
    const about = { server: server.plan.name, topic };
    if (audience.own === undefined) return this.#judge(this.#parts.store.get(key.everyones, about));
    const shared = () => (audience.shareable ? this.#parts.store.get(key.everyones, about) : undefined);
    const own = this.#parts.store.get(ownKey(key, audience.own), about);
    if (own instanceof Promise) return own.then((entry) => this.#judge(entry ?? shared()));
    return this.#judge(own ?? shared());
  }

  async ask(question: Question): Promise<Said | Refusal> {
    const inquiry = this.inquiry(question, question.exchange);
    if (inquiry === undefined) return this.#parts.source.ask(question);
    const hit = await this.find(inquiry);
    if (hit !== undefined && this.freshness.serves(hit)) {
      if (!hit.fresh) this.revalidate(inquiry, question);
      this.count(hit);
      return this.freshness.saidOf(hit);
    }
    const said = await this.#fetch(inquiry, question);
    if (hit === undefined || !isOutage(said) || !this.freshness.bridgesOutage(hit)) {
      this.counts.misses += 1;
      return said;
    }
    this.count(hit);
    return this.freshness.saidOf(hit);
  }

  /** Fetches a fresh answer in place of a stale one, for whoever asks next. */
  revalidate(inquiry: Inquiry, question: Question): void {
    const { signal: _, ...unhurried } = question;
    // It has failed for nobody: the next to ask asks again.
    this.#fetch(inquiry, unhurried).catch(() => undefined);
  }

  /** News of a server: what is kept of the topic, or of all, is out of date. */
  drop(server: string, topic?: string): void {
    this.#flights.part();
    this.#unkept.clear();
    void this.#parts.store.drop(server, topic);
  }

  /** Keeps nothing more: another plan has taken over, and nobody listens on behalf of this one. */
  retire(): void {
    this.#retired = true;
  }

  /** Counts an answer that came from here. */
  count(hit: Hit): void {
    if (hit.fresh) this.counts.hits += 1;
    else this.counts.stale += 1;
  }

  #judge(found: Entry | undefined | Promise<Entry | undefined>): Hit | undefined | Promise<Hit | undefined> {
    if (found instanceof Promise) return found.then((entry) => this.#judge(entry));
    return found === undefined ? undefined : { entry: found, fresh: this.freshness.remaining(found) > 0 };
  }

  async #fetch(inquiry: Inquiry, question: Question): Promise<Said | Refusal> {
    const { key, audience } = inquiry;
    const alone = audience.own ?? '';
    const apart = !audience.shareable || this.#unkept.isPrivate(key.text);
    if (this.#unkept.isUncacheable(key.text)) return (await this.#ask(inquiry, question)).said;
    const flightKey = apart ? ownKey(key, alone) : key.everyones;
    const under = this.#flights.find(flightKey);
    if (under === undefined) {
      const begun = this.#flights.begin(flightKey, (signal) => this.#ask(inquiry, { ...question, signal }));
      return (await begun.join(question.signal)).said;
    }
    const landed = await under.join(question.signal);
    const mine = landed.for === 'everyone' || (landed.for !== undefined && landed.for.own === audience.own);
    if (mine || isOutage(landed.said)) return landed.said;
    return this.#fetchAfter(inquiry, question);
  }

  /** What the others waited for was not for this one: asks again, together only with those it could be shared with. */
  #fetchAfter(inquiry: Inquiry, question: Question): Promise<Said | Refusal> {
    const { key } = inquiry;
    if (this.#unkept.isPrivate(key.text) && inquiry.audience.own !== undefined)
      return this.#fetch(inquiry, question);
    return this.#ask(inquiry, question).then(({ said }) => said);
  }

  async #ask(inquiry: Inquiry, question: Question): Promise<Landed> {
    const { store, source, plan } = this.#parts;
    const mark = await store.mark({ server: inquiry.server.plan.name, topic: inquiry.topic });
    const said = await source.ask(reput(question, plan.ignoreHeaders));
    if (!isSaid(said) || said.kind === 'error' || isInputRequired(said.result))
      return { said, for: undefined };
    const ttlMs = this.freshness.ttlOf(said.result);
    const { own, shareable } = inquiry.audience;
    const open = said.result['cacheScope'] === 'public' && shareable;
    const result = open ? said.result : { ...said.result, cacheScope: 'private' };
    const answer: Said = { kind: 'result', result, notifications: [] };
    if (ttlMs === 0 || (!open && own === undefined)) {
      this.#unkept.note(inquiry.key.text, 'uncacheable');
      return { said: answer, for: undefined };
    }
    if (!open && shareable) this.#unkept.note(inquiry.key.text, 'private');
    if (this.#retired) return { said: answer, for: undefined };
    const key = open || own === undefined ? inquiry.key.everyones : ownKey(inquiry.key, own);
    const entry = this.freshness.entryOf(result, ttlMs, inquiry);
    await store.set(key, entry, mark);
    // Whoever listened on behalf of a plan that has been replaced meanwhile would do so for nobody.
    if (!this.#retired) this.#parts.kept(inquiry.server, entry);
    return { said: answer, for: open || own === undefined ? 'everyone' : { own } };
  }
}
