import type { Result } from '@switchyard/wire';
import { ClientError } from '../errors.ts';

/** The list that a result must have, by method, and where it is. Spec: schema. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'server/discover': ['supportedVersions'],
  'tools/list': ['tools'],
  'tools/call': ['content'],
  'resources/list': ['resources'],
  'resources/templates/list': ['resourceTemplates'],
  'resources/read': ['contents'],
  'prompts/list': ['prompts'],
  'prompts/get': ['messages'],
  'completion/complete': ['completion', 'values'],
};

/** Throws `ClientError` `invalid-response` for a complete result without what its method promises. */
export function checkComplete(method: string, result: Result): void {
  if (!Object.hasOwn(LISTS, method)) return;
  const path = LISTS[method] ?? [];
  let value: unknown = result;
  for (const member of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, member) : undefined;
  }
  if (Array.isArray(value)) return;
  const message = `The result of ${method} has no list ${path.join('.')}.`;
  throw new ClientError('invalid-response', message, { mayHaveRun: true, data: { result } });
}

/** The `resultType` of a result; servers of earlier revisions leave it out of what is complete. Spec: basic/index#resulttype. */
export function typeOf(result: Result): string {
  const type: unknown = result.resultType;
  if (type === undefined) return 'complete';
  if (typeof type === 'string') return type;
  throw new ClientError('invalid-response', 'The result has a resultType that is no text.', {
    mayHaveRun: true,
  });
}
