import { clip, SchemaError } from './errors.ts';
import { isObject, type JsonSchema, pointer } from './json-schema.ts';

/** One schema with a URI of its own: the whole document, or a subschema that has an `$id` (JSON Schema core §4.3.5). */
export interface Resource {
  readonly uri: string;
  readonly root: Subschema;
  readonly path: string;
  /** Plain-name fragments of this resource: `$anchor`, `$dynamicAnchor`, and `$id: "#name"` of draft-07. */
  readonly anchors: Map<string, JsonSchema>;
  /** Those of the fragments that `$dynamicRef` may be redirected to. */
  readonly dynamicAnchors: Map<string, JsonSchema>;
}

/** A schema inside another: an object, or `true` for anything, or `false` for nothing. */
export type Subschema = JsonSchema | boolean;

/** What a reference leads to. */
export interface Target {
  readonly schema: Subschema;
  readonly resource: Resource;
  readonly path: string;
}

/** Starts a resource. */
export function newResource(uri: string, root: Subschema, path: string): Resource {
  return { uri, root, path, anchors: new Map(), dynamicAnchors: new Map() };
}

/** The URI that an unnamed document is given, so that relative references have something to be relative to. */
export const LOCAL_URI = 'schema://local/';

/**
 * Resolves a URI reference against a base, without its fragment, and that fragment decoded. Throws a SchemaError when
 * it cannot be resolved.
 */
export function splitReference(
  reference: string,
  base: string,
  path: string,
): { uri: string; fragment: string } {
  try {
    const url = new URL(reference, base);
    const fragment = decodeURIComponent(url.hash.slice(1));
    url.hash = '';
    return { uri: url.href, fragment };
  } catch {
    throw new SchemaError('unresolved-ref', path, `"${clip(reference, 200)}" is not a URI reference`);
  }
}

/** Finds what a reference means within the resources of one document. Throws a SchemaError; nothing is ever fetched. */
export function findTarget(
  reference: { text: string; base: string; path: string },
  resources: ReadonlyMap<string, Resource>,
): Target {
  const { text, path } = reference;
  const { uri, fragment } = splitReference(text, reference.base, path);
  const resource = resources.get(uri);
  if (resource === undefined) {
    const reason = `"${clip(text, 200)}" points outside the schema; only references into it are followed`;
    throw new SchemaError('external-ref', path, reason);
  }
  const target = findFragment(resource, fragment);
  if (target !== undefined) return target;
  throw new SchemaError('unresolved-ref', path, `"${clip(text, 200)}" points at nothing`);
}

// ---------------------------------------------------------------------------------------------------------------------

function findFragment(resource: Resource, fragment: string): Target | undefined {
  if (fragment === '') return { schema: resource.root, resource, path: resource.path };
  if (fragment.startsWith('/')) return followPointer(resource, fragment);
  const schema = resource.anchors.get(fragment);
  return schema && { schema, resource, path: `${resource.path}#${fragment}` };
}

function followPointer(resource: Resource, fragment: string): Target | undefined {
  let value: unknown = resource.root;
  let path = resource.path;
  for (const token of fragment.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
    path = pointer(path, key);
  }
  return isObject(value) || typeof value === 'boolean' ? { schema: value, resource, path } : undefined;
}
