import type { Issue } from '../issues.ts';
import { pointer } from '../json-schema.ts';
import type { Resource } from '../resource.ts';
import type { Seen } from './seen.ts';

/** One keyword, ready to run: `false` when the value breaks it. `seen` collects annotations where some keyword reads them. */
export type Check = (value: unknown, run: Run, seen: Seen | undefined) => boolean;

/** A subschema, ready to run: an object with its checks, or `true` for anything, or `false` for nothing. */
export type Node = SchemaChecks | boolean;

/** The checks of one subschema. */
export interface SchemaChecks {
  readonly checks: Check[];
  /** The resource to enter, where `$dynamicRef` occurs anywhere in the schema. */
  readonly resource: Resource | undefined;
}

/** The resources a validation has come through, innermost first (JSON Schema core §7.1, "dynamic scope"). */
export interface Scope {
  readonly resource: Resource;
  readonly outer: Scope | undefined;
}

/** Thrown to end a validation that has used up its steps. Never leaves this folder. */
export class OverBudget extends Error {}

/** What one validation keeps: the steps left, where it is, and the issues, where they are wanted. */
export class Run {
  /** The issues found; `undefined` while only the verdict matters, and the first fault ends the search. */
  issues: Issue[] | undefined;
  scope: Scope | undefined;
  #steps: number;
  #depth = 0;
  readonly #path: (string | number)[] = [];

  constructor(steps: number, issues?: Issue[]) {
    this.#steps = steps;
    this.issues = issues;
  }

  /** Whether the search should go on after a fault. */
  get collects(): boolean {
    return this.issues !== undefined && this.issues.length < MAX_ISSUES;
  }

  /** Applies a subschema to the value itself. */
  apply(node: Node, value: unknown, seen?: Seen): boolean {
    if (typeof node === 'boolean') return node || this.fail('expected nothing here');
    this.spend(1);
    if (this.#depth >= MAX_DEPTH) throw new OverBudget();
    const { scope } = this;
    if (node.resource !== undefined && node.resource !== scope?.resource) {
      this.scope = { resource: node.resource, outer: scope };
    }
    this.#depth += 1;
    const valid = this.#runChecks(node.checks, value, seen);
    this.#depth -= 1;
    this.scope = scope;
    return valid;
  }

  /** Applies a subschema to a member or an item of the value. */
  applyInside(key: string | number, node: Node, value: unknown): boolean {
    if (this.issues === undefined) return this.apply(node, value);
    this.#path.push(key);
    const valid = this.apply(node, value);
    this.#path.pop();
    return valid;
  }

  /** Applies a subschema whose faults are not faults of the value, as in `not` and `if`. */
  applyQuietly(node: Node, value: unknown, seen?: Seen): boolean {
    const { issues } = this;
    this.issues = undefined;
    const valid = this.apply(node, value, seen);
    this.issues = issues;
    return valid;
  }

  /** Applies one of several alternatives; gives what is wrong with it, or `undefined` when it matches. */
  applyAlternative(node: Node, value: unknown, seen?: Seen): readonly Issue[] | undefined {
    const { issues } = this;
    const own: Issue[] = [];
    this.issues = issues && own;
    const valid = this.apply(node, value, seen);
    this.issues = issues;
    return valid ? undefined : own;
  }

  /** Hands on what a subschema that has matched has looked at. */
  merge(seen: Seen | undefined, own: Seen | undefined): void {
    if (seen === undefined || own === undefined) return;
    this.spend(own.size / 8);
    seen.merge(own);
  }

  /** Records an issue, where issues are wanted, and gives `false`. */
  fail(message: string, key?: string | number): false {
    if (this.collects) {
      const path = key === undefined ? this.#path : [...this.#path, key];
      this.issues?.push({ path: path.reduce<string>(pointer, ''), message });
    }
    return false;
  }

  /** Counts work, so that a hostile schema cannot take more of it than its bounds give. */
  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new OverBudget();
  }

  #runChecks(checks: readonly Check[], value: unknown, seen: Seen | undefined): boolean {
    let valid = true;
    for (const check of checks) {
      if (check(value, this, seen)) continue;
      valid = false;
      if (!this.collects) break;
    }
    return valid;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

const MAX_ISSUES = 20;

/** Deeper than any value that the protocol lets in, and shallow enough for the stack of every runtime. */
const MAX_DEPTH = 600;
