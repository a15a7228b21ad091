import { REQUIREMENTS, type Requirement } from './generated/requirements.ts';

/** What a check holds a server to. */
export interface Rule extends Requirement {
  /** The row of the requirements ledger; absent for what binds an authorization server, or is no requirement word by word. */
  readonly id?: string;
}

/** The rule that a row of the requirements ledger states. Throws `TypeError` where the ledger's extract has no such row. */
export function requirement(id: string): Rule {
  const row = REQUIREMENTS[id];
  if (row === undefined)
    throw new TypeError(`There is no requirement ${id}: run packages/cli/scripts/requirements.mjs.`);
  return { id, ...row };
}

/** Whether breaking the rule is a fault; otherwise it is something to do better. */
export function isStrict({ level }: Requirement): boolean {
  return level === 'MUST' || level === 'MUST NOT';
}

/** Where the specification states the rule. */
export function specUrl({ anchor }: Requirement): string {
  return `https://modelcontextprotocol.io/specification/2026-07-28/${anchor}`;
}
