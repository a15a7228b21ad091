import type { Exam } from './exam.ts';
import type { Rule } from './rules.ts';

/** What a check found. */
export type Verdict =
  | { readonly status: 'right'; readonly note?: string }
  /** `found`: what is there instead, as a sentence. */
  | { readonly status: 'wrong'; readonly found: string }
  | { readonly status: 'skipped'; readonly why: string };

/** One thing that is looked at. */
export interface Check {
  /** Area and name: `headers.method-missing`. */
  readonly id: string;
  /** What holds where all is well. */
  readonly title: string;
  readonly rule: Rule;
  /** What to do where it does not hold. */
  readonly mend: string;
  /** May reject with `NoAnswer`, which is a fault too. */
  readonly run: (exam: Exam) => Verdict | Promise<Verdict>;
}

/** Checks that belong together. */
export interface Area {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** All is well. */
export function right(note?: string): Verdict {
  return note === undefined ? { status: 'right' } : { status: 'right', note };
}

/** Something else was found. */
export function wrong(found: string): Verdict {
  return { status: 'wrong', found };
}

/** It could not be looked at. */
export function skipped(why: string): Verdict {
  return { status: 'skipped', why };
}

/** Right where nothing was found, otherwise wrong with the first of it. */
export function noneOf(found: readonly string[], note?: string): Verdict {
  const [first] = found;
  if (first === undefined) return right(note);
  return wrong(found.length === 1 ? first : `${first} And ${found.length - 1} more.`);
}
