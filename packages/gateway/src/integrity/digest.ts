import { hash } from 'node:crypto';

/** What of a definition a model acts on; a change of anything else changes no pin. */
const PINNED = [
  ...['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'],
  ...['arguments', 'uriTemplate', 'mimeType', 'text', 'blob'],
] as const;

/** The digest of a definition: SHA-256, base64url, over its canonical JSON (RFC 8785's order of members). */
export function digestOf(definition: Readonly<Record<string, unknown>>): string {
  const pinned: Record<string, unknown> = {};
  for (const member of PINNED) if (member in definition) pinned[member] = definition[member];
  const meta = definition['_meta'];
  if (typeof meta === 'object' && meta !== null && 'ui' in meta) pinned['_meta.ui'] = meta.ui;
  return hash('sha256', canonical(pinned), 'base64url');
}

// ---

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
