import type { Accepted } from '../accept/accept.ts';
import type { Ending, Exchange, Tap } from '../exchange.ts';
import type { Caller } from '../identify/caller.ts';
import type { Note } from '../note.ts';
import { Body } from './body.ts';
import type { AuditPlan } from './config.ts';
import { ENTRY_VERSION, entryText, type OutcomeEntry, type RequestEntry, type WhoEntry } from './entry.ts';
import { isList, outcomeOf, type SaidOutcome } from './outcome.ts';
import type { Redactor } from './redact.ts';

/** What trails of one plan have in common. */
export interface TrailContext {
  readonly plan: AuditPlan;
  readonly redact: Redactor;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** Puts the intent of a trail on record; resolves with whether it is in the store. Never rejects. */
  readonly announce: (trail: Trail) => Promise<boolean>;
  /** Takes a trail that has ended. */
  readonly done: (trail: Trail) => void;
}

/** The answers that are looked into. */
const LOOKED_INTO = 16 * 1024;
const LISTS_LOOKED_INTO = 64 * 1024;
const LONGEST_NAME = 512;
const MOST_NOTES = 50;

/**
 * One exchange on its way into the record. While the request is being served it only notes; the record is made of it when
 * that is over.
 */
export class Trail implements Tap {
  readonly #context: TrailContext;
  readonly #at: number;
  readonly #startedAt: number;
  readonly #request: Body;
  readonly #response: Body;
  readonly #accepted: Accepted;
  readonly #address: string | undefined;
  #caller: Caller;
  #replica: string | undefined;
  #notes: readonly Note[] = [];
  #ending: Ending | undefined;
  #ms = 0;
  /** What intent and request have in common. */
  readonly id: string | undefined;

  constructor(
    exchange: Exchange,
    context: TrailContext,
    begin: { readonly at: number; readonly id: string | undefined },
  ) {
    const { plan } = context;
    this.#context = context;
    this.#at = begin.at;
    this.id = begin.id;
    this.#startedAt = context.now();
    this.#accepted = exchange.request;
    this.#caller = exchange.caller;
    this.#address = exchange.req.socket.remoteAddress;
    const list = isList(exchange.request.method);
    const looked = plan.outcomes ? (list ? LISTS_LOOKED_INTO : LOOKED_INTO) : 0;
    this.#request = new Body(plan.digests, plan.contents === 'none' ? 0 : plan.contentBytes);
    this.#response = new Body(
      plan.digests,
      Math.max(looked, plan.contents === 'all' ? plan.contentBytes : 0),
    );
  }

  asked(chunk: Uint8Array): void {
    this.#request.add(chunk);
  }

  answered(chunk: Uint8Array): void {
    this.#response.add(chunk);
  }

  ended(exchange: Exchange, ending: Ending): void {
    this.#ms = this.#context.now() - this.#startedAt;
    this.#ending = ending;
    this.#caller = exchange.caller;
    this.#replica = exchange.replica?.plan.label;
    this.#notes = exchange.notes;
    this.#context.done(this);
  }

  /** Puts on record what is about to be done, with who asks for it and what has been decided so far. */
  announce(exchange: Exchange): Promise<boolean> {
    this.#caller = exchange.caller;
    this.#notes = exchange.notes;
    return this.#context.announce(this);
  }

  /** The text of the record of what is about to be done. */
  intent(): string {
    const decisions = this.#decisions();
    const head = { v: ENTRY_VERSION, at: this.#at, event: 'intent', exchange: this.id, ...this.#head() };
    const entry = { ...head, decisions };
    return entryText(entry as RequestEntry); // undefined members are left out by JSON
  }

  /** The text of the record of what was done; to be asked for once. */
  encode(): string {
    const { who, what, server } = this.#head();
    const { plan, redact } = this.#context;
    const message = this.#response.message();
    // What is put on record is blacked out in place: what the answer says is read first.
    const outcome = this.#outcome(plan.outcomes ? message : undefined);
    const contents = (message: unknown) => ({ message, mostBytes: plan.contentBytes, redact });
    const request = this.#request.entry(
      plan.contents === 'none' ? undefined : contents(this.#request.message()),
    );
    const response = this.#response.entry(plan.contents === 'all' ? contents(message) : undefined);
    // One literal: JSON.stringify leaves out what is undefined.
    const entry = {
      v: ENTRY_VERSION,
      at: this.#at,
      event: 'request',
      exchange: this.id,
      who,
      what,
      server,
      decisions: this.#decisions(),
      outcome,
      ms: Math.round(this.#ms * 1000) / 1000,
      request,
      response,
    };
    return entryText(entry as RequestEntry); // undefined members are left out by JSON
  }

  #decisions(): readonly Note[] | undefined {
    return this.#notes.length === 0 ? undefined : this.#notes.slice(0, MOST_NOTES);
  }

  #head(): {
    who: WhoEntry;
    what: object;
    server: { name: string; replica: string | undefined } | undefined;
  } {
    const { door, method, name, server } = this.#accepted;
    return {
      who: whoOf(this.#caller, this.#address),
      what: {
        method: method.slice(0, LONGEST_NAME),
        name: name?.slice(0, LONGEST_NAME),
        door: door.label,
        path: door.path,
      },
      server: server === undefined ? undefined : { name: server.plan.name, replica: this.#replica },
    };
  }

  #outcome(message: unknown): OutcomeEntry {
    const { status, complete = false, refusedFor } = this.#ending ?? {};
    const said: SaidOutcome = message === undefined ? {} : outcomeOf(this.#accepted.method, message);
    const { result, code, isError, listed } = said;
    return { status, complete, refusedFor, result, code, isError, listed } as OutcomeEntry;
  }
}

/** Who a caller is, for the record. */
export function whoOf(caller: Caller, address: string | undefined): WhoEntry {
  const { by, issuer, subject, client, tenant } = caller;
  if (by === 'nobody') return { by, client, tenant, address } as WhoEntry;
  return { by, issuer, subject, client, tenant, address } as WhoEntry;
}
