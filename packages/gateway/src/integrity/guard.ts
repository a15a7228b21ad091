import type { GatewayLogger } from '../events.ts';
import type { ChangeAction, IntegrityPlan } from './config.ts';
import { digestOf } from './digest.ts';
import { isLookalike, type Looks, noteLook } from './looks.ts';
import { type Pin, type PinBook, type PinKey, type PinKind, textOf } from './pins.ts';
import { type Definition, type HiddenIn, hiddenIn, stripped } from './screen.ts';

/** What is made of a definition. */
export interface Judged {
  /** As callers may see it; `undefined` where they may not. */
  readonly shown: Definition | undefined;
  /** What was found, each with its action. */
  readonly findings: readonly Finding[];
}

/** Something about a definition that a record should have. */
export interface Finding {
  readonly what: 'changed' | 'new' | 'rejected' | 'hidden characters' | 'lookalike';
  readonly action: ChangeAction | 'strip';
}

/** What judging needs. */
export interface GuardParts {
  readonly plan: IntegrityPlan;
  readonly book: PinBook;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  readonly log: GatewayLogger;
}

/** Holds the definitions of servers against their pins, and looks for what they hide. */
export class Guard {
  readonly #parts: GuardParts;
  readonly #known = new Map<string, Known>();
  /** What is being read, for all who want it at the same time. */
  readonly #reading = new Map<string, Promise<Known>>();
  readonly #reported = new Set<string>();
  readonly #traits = new WeakMap<Definition, Traits>();

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Judges definitions of one server and kind, as they stand in a list. Rejects where the store cannot be used. */
  async judge(server: string, kind: PinKind, definitions: readonly Named[]): Promise<readonly Judged[]> {
    const { pins, looks } = await this.#knownOf(server);
    if (kind !== 'page') for (const { name } of definitions) noteLook(kind, name, looks);
    const judged: Judged[] = [];
    for (const { name, definition } of definitions) {
      // A page is a program: what people do not see of it is most of it.
      const findings = kind === 'page' ? [] : this.#screen(definition, isLookalike(kind, name, looks));
      const pinned = await this.#held({ server, kind, name }, definition, pins);
      const one = outcome(definition, pinned === undefined ? findings : [pinned, ...findings]);
      if (one.findings.length > 0) this.#report({ server, kind, name }, definition, one);
      judged.push(one);
    }
    return judged;
  }

  #report({ server, kind, name }: PinKey, definition: Definition, { shown, findings }: Judged): void {
    const found = findings.map(({ what }) => what);
    const key = `${textOf({ server, kind, name })} ${this.#traitsOf(definition).digest} ${found.join()}`;
    if (this.#reported.has(key)) return;
    if (this.#reported.size >= MOST_REPORTED) this.#reported.clear();
    this.#reported.add(key);
    const isStripped = findings.some(({ action }) => action === 'strip');
    const action = shown === undefined ? 'quarantined' : isStripped ? 'stripped' : 'flagged';
    this.#parts.log({ type: 'definition', server, kind, name, found, action });
  }

  #screen(definition: Definition, lookalike: boolean): Finding[] {
    const { plan } = this.#parts;
    const findings: Finding[] = [];
    const where = plan.hidden === 'allow' ? 'nothing' : this.#traitsOf(definition).hidden;
    if (where !== 'nothing') {
      const action = plan.hidden === 'strip' && where === 'names' ? 'quarantine' : plan.hidden;
      findings.push({ what: 'hidden characters', action });
    }
    if (lookalike && plan.lookalikes !== 'allow')
      findings.push({ what: 'lookalike', action: plan.lookalikes });
    return findings;
  }

  /** A definition that is kept is looked at once, however often it is used. */
  #traitsOf(definition: Definition): Traits {
    const known = this.#traits.get(definition);
    if (known !== undefined) return known;
    const traits = { digest: digestOf(definition), hidden: hiddenIn(definition) };
    this.#traits.set(definition, traits);
    return traits;
  }

  /** What the pin says; pins what is seen for the first time. Read anew before anything is held against a server. */
  async #held(key: PinKey, definition: Definition, pins: Map<string, Pin>): Promise<Finding | undefined> {
    const { book } = this.#parts;
    const plan = planFor(key.kind, this.#parts.plan);
    const { digest } = this.#traitsOf(definition);
    const text = textOf(key);
    if (pins.get(text)?.approved === digest) return undefined;
    // A server that invents names without end must not fill the store.
    if (pins.size >= MOST_PINS && !pins.has(text)) return { what: 'new', action: 'quarantine' };
    if (pins.get(text)?.pending !== digest) {
      const pin = await book.change(key, (before) => withSeen(before, digest, plan));
      pins.set(text, pin);
    }
    return found(pins.get(text) ?? key, digest, plan);
  }

  #knownOf(server: string): Known | Promise<Known> {
    const known = this.#known.get(server);
    if (known !== undefined && this.#parts.now() - known.at < FRESH_MS) return known;
    const under = this.#reading.get(server);
    if (under !== undefined) return under;
    const reading = this.#read(server).finally(() => this.#reading.delete(server));
    this.#reading.set(server, reading);
    return reading;
  }

  async #read(server: string): Promise<Known> {
    const { book, now } = this.#parts;
    const pins = await book.list(server);
    const looks = new Map<string, Set<string>>();
    for (const { kind, name } of pins) noteLook(kind, name, looks);
    const fresh = { at: now(), pins: new Map(pins.map((pin) => [textOf(pin), pin])), looks };
    this.#known.set(server, fresh);
    return fresh;
  }
}

/** A definition and what it is called. */
export interface Named {
  readonly name: string;
  readonly definition: Definition;
}

// ---

interface Known {
  readonly at: number;
  readonly pins: Map<string, Pin>;
  /** The names that look the same, by kind and look. */
  readonly looks: Looks;
}

/** What is found by looking at a definition alone. */
interface Traits {
  readonly digest: string;
  readonly hidden: HiddenIn;
}

/** How late an approval or a rejection on another instance is noticed. */
const FRESH_MS = 5000;

const MOST_REPORTED = 10_000;

/** For each server. */
const MOST_PINS = 20_000;

/** The pin once this digest has been seen; `undefined` where that changes nothing. */
function withSeen(pin: Pin, digest: string, { firstUse, onChange }: IntegrityPlan): Pin | undefined {
  if (pin.approved === digest || pin.pending === digest || pin.rejected === digest) return undefined;
  const isNew = pin.approved === undefined && pin.pending === undefined && pin.rejected === undefined;
  if (isNew && firstUse === 'pin') return { ...pin, approved: digest };
  // Where changes are allowed the pin follows them; what nobody has approved yet goes on waiting.
  return onChange === 'allow' && pin.approved !== undefined
    ? { ...pin, approved: digest }
    : { ...pin, pending: digest };
}

/** Pages have an action of their own. */
function planFor(kind: PinKind, plan: IntegrityPlan): IntegrityPlan {
  return kind === 'page' ? { ...plan, onChange: plan.pages } : plan;
}

function found(pin: Pin, digest: string, { onChange, firstUse }: IntegrityPlan): Finding | undefined {
  if (pin.approved === digest) return undefined;
  if (pin.rejected === digest) return { what: 'rejected', action: 'quarantine' };
  if (pin.approved !== undefined) return { what: 'changed', action: onChange };
  return { what: 'new', action: firstUse === 'quarantine' ? 'quarantine' : onChange };
}

function outcome(definition: Definition, findings: readonly Finding[]): Judged {
  const actions = findings.map(({ action }) => action);
  if (actions.includes('quarantine')) return { shown: undefined, findings };
  return { shown: actions.includes('strip') ? stripped(definition) : definition, findings };
}
