import type { BlobResourceContents, ReadResourceResult, TextResourceContents } from '@switchyard/wire';
import { invalidParams, reject } from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { CacheHint } from '../define/cache-hint.ts';
import type { ResourceReturn } from '../define/resource.ts';
import type { Principal } from '../identity/principal.ts';
import { isVisible } from '../identity/visibility.ts';
import type { Definitions } from '../snapshot/definitions.ts';
import type { Operation } from '../walk.ts';
import { checkContents } from './content.ts';
import { isSafeFileUri } from './file-path.ts';
import { handle } from './handle.ts';
import { inputParamsProblem } from './params.ts';

/** `resources/read`. See https://modelcontextprotocol.io/specification/2026-07-28/server/resources#reading-resources. */
export const resourcesRead: Operation = {
  method: 'resources/read',
  prepare(walk) {
    const { uri } = walk.params;
    if (typeof uri !== 'string') return reject('InvalidParams', 'params.uri must be a string.');
    if (!URL.canParse(uri)) return reject('InvalidParams', 'params.uri must be an absolute URI.', { uri });
    const problem = inputParamsProblem(walk.params);
    if (problem !== undefined) return reject('InvalidParams', problem);
    const found = findResource(walk.snapshot, uri, walk.principal);
    if (found === undefined) return reject('InvalidParams', 'Resource not found', { uri });
    walk.name = uri;
    walk.target = found;
    return undefined;
  },
  run(walk) {
    // `prepare` has put it there.
    const found = walk.target as FoundResource;
    const uri = walk.name ?? '';
    return handle(walk, {
      call: found.read,
      convert: (returned) => toResult(uri, found, returned as ResourceReturn), // what resource handlers may return
    });
  },
};

/** A resource or the template that covers its URI, ready to be read. */
export interface FoundResource {
  readonly mimeType: string | undefined;
  readonly cacheHint: Required<CacheHint>;
  readonly read: (ctx: RequestContext) => unknown;
}

/** What a URI leads to for this principal: the resource that has it, else the first template that matches. */
export function findResource(
  snapshot: Definitions,
  uri: string,
  principal: Principal,
): FoundResource | undefined {
  const resource = snapshot.resources.get(uri);
  if (resource !== undefined) {
    if (!isVisible(resource.visible, principal)) return undefined;
    const { entry, cacheHint, read } = resource;
    return { mimeType: entry.mimeType, cacheHint, read: (ctx) => read(uri, ctx) };
  }
  if (!isSafeFileUri(uri)) return undefined;
  for (const { template, entry, visible, cacheHint, read } of snapshot.templates) {
    const variables = template.match(uri);
    if (variables === undefined || !isVisible(visible, principal)) continue;
    return { mimeType: entry.mimeType, cacheHint, read: (ctx) => read(uri, variables, ctx) };
  }
  return undefined;
}

function toResult(
  uri: string,
  { mimeType, cacheHint }: FoundResource,
  returned: ResourceReturn,
): ReadResourceResult {
  if (returned === undefined || returned === null) throw invalidParams('Resource not found', { uri });
  const type = mimeType === undefined ? {} : { mimeType };
  if (typeof returned === 'string') return cacheable([{ uri, ...type, text: returned }], cacheHint);
  if (returned instanceof Uint8Array)
    return cacheable([{ uri, ...type, blob: toBase64(returned) }], cacheHint);
  if (!('contents' in returned) || !Array.isArray(returned.contents)) {
    throw new Error(`Reading '${uri}' returned neither contents nor a text nor bytes.`);
  }
  // An empty list would be ambiguous: the specification wants an error for what does not exist.
  if (returned.contents.length === 0) throw invalidParams('Resource not found', { uri });
  for (const [index, contents] of returned.contents.entries()) checkContents(contents, `contents[${index}]`);
  const result = cacheable(returned.contents, cacheHint);
  if (returned._meta !== undefined) result._meta = returned._meta;
  return result;
}

type Contents = readonly (TextResourceContents | BlobResourceContents)[];

const cacheable = (contents: Contents, hint: Required<CacheHint>): ReadResourceResult => ({
  resultType: 'complete',
  contents: [...contents],
  ...hint,
});

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 32_768) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  }
  return btoa(binary);
}
