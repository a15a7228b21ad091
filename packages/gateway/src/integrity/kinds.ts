import type { DefinitionList } from '../definitions/definitions.ts';
import type { PinKind } from './pins.ts';

/** A list whose members are held against their pins. */
export interface PinnedList {
  readonly kind: PinKind;
  readonly member: string;
  /** The member of a definition that it is called by. */
  readonly name: string;
}

/** The lists that are looked at. */
export const PINNED_LISTS: ReadonlyMap<string, PinnedList> = new Map([
  ['tools/list', { kind: 'tool', member: 'tools', name: 'name' }],
  ['prompts/list', { kind: 'prompt', member: 'prompts', name: 'name' }],
  ['resources/templates/list', { kind: 'template', member: 'resourceTemplates', name: 'uriTemplate' }],
]);

/** The list that defines what a method uses. */
export const DEFINED_IN: ReadonlyMap<string, DefinitionList> = new Map([
  ['tools/call', 'tools/list'],
  ['prompts/get', 'prompts/list'],
]);
