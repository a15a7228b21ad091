import { methodInfo } from '@switchyard/wire';

/** Methods of official extensions that have an `Mcp-Name`, and the member of `params` that it repeats. */
const OF_EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** The member of `params` that `Mcp-Name` repeats under that method; `undefined` where the header means nothing. */
export function nameSourceOf(method: string): string | undefined {
  return methodInfo(method)?.nameSource ?? OF_EXTENSIONS.get(method);
}
