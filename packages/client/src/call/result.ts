import type { Result } from '@switchyard/wire';
import { ClientError } from '../errors.ts';

/** The members that a result must have, by method, and whether each is a list or an object. Spec: schema. */
const MEMBERS: Readonly<Record<string, readonly [member: string, kind: 'list' | 'object']>> = {
  'server/discover': ['supportedVersions', 'list'],
  'tools/list': ['tools', 'list'],
  'tools/call': ['content', 'list'],
  'resources/list': ['resources', 'list'],
  'resources/templates/list': ['resourceTemplates', 'list'],
  'resources/read': ['contents', 'list'],
  'prompts/list': ['prompts', 'list'],
  'prompts/get': ['messages', 'list'],
  'completion/complete': ['completion', 'object'],
};

/** Throws `ClientError` `invalid-response` for a complete result without what its method promises. */
export function checkComplete(method: string, result: Result): void {
  if (!Object.hasOwn(MEMBERS, method)) return;
  const [member, kind] = MEMBERS[method] ?? ['', 'list'];
  const value = result[member];
  const fits = kind === 'list' ? Array.isArray(value) : typeof value === 'object' && value !== null;
  if (fits) return;
  const message = `The result of ${method} has no ${kind} ${member}.`;
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
