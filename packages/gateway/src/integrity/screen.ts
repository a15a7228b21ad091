import { hasHidden, withoutHidden } from './hidden.ts';

/** A definition of a list, of whatever kind. */
export type Definition = Readonly<Record<string, unknown>>;

/** Where a definition holds what people do not see. */
export type HiddenIn = 'nothing' | 'texts' | 'names';

/** Looks at all texts and names of a definition, those of its schemas included. */
export function hiddenIn(definition: Definition): HiddenIn {
  let found: HiddenIn = 'nothing';
  visit(definition, (text, kind) => {
    if (!hasHidden(text, kind)) return;
    if (kind === 'name' || found === 'nothing') found = kind === 'name' ? 'names' : 'texts';
  });
  return found;
}

/** The definition with what people do not see taken out of its titles and descriptions, at all levels. */
export function stripped(definition: Definition): Definition {
  return strip(definition, '') as Definition; // a mapping stays one
}

// ---

/** Members whose texts are prose; every other text is a name, a pattern or a value, which is what it is. */
const PROSE: ReadonlySet<string> = new Set(['title', 'description', '$comment']);

function visit(value: unknown, see: (text: string, kind: 'text' | 'name') => void, member = ''): void {
  if (typeof value === 'string') see(value, PROSE.has(member) ? 'text' : 'name');
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see, member);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    see(name, 'name');
    visit(inner, see, name);
  }
}

function strip(value: unknown, member: string): unknown {
  if (typeof value === 'string') return PROSE.has(member) ? withoutHidden(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => strip(item, member));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, strip(inner, name)]));
}
