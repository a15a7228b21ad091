import { NOTIFICATIONS } from '@switchyard/wire';

/** A kind of list whose changes are announced, as a bit of a mask. */
export interface ListKind {
  readonly bit: number;
  /** The member of a filter that asks for it. */
  readonly filter: 'toolsListChanged' | 'promptsListChanged' | 'resourcesListChanged';
  readonly method: string;
}

/** The kinds of lists. */
export const LIST_KINDS: readonly ListKind[] = [
  { bit: 1, filter: 'toolsListChanged', method: NOTIFICATIONS.toolListChanged },
  { bit: 2, filter: 'promptsListChanged', method: NOTIFICATIONS.promptListChanged },
  { bit: 4, filter: 'resourcesListChanged', method: NOTIFICATIONS.resourceListChanged },
];

/** All of them. */
export const ALL_KINDS = 7;

/** The kinds that a filter asks for, or grants. */
export function maskOf(filter: Readonly<Record<string, unknown>>): number {
  let mask = 0;
  for (const { bit, filter: member } of LIST_KINDS) if (filter[member] === true) mask |= bit;
  return mask;
}

/** The members of a filter that ask for those kinds. */
export function filterOf(mask: number): Record<string, unknown> {
  const filter: Record<string, unknown> = {};
  for (const { bit, filter: member } of LIST_KINDS) if ((mask & bit) !== 0) filter[member] = true;
  return filter;
}
