import type { Annotations, Resource, ResourceTemplate } from '@switchyard/wire';
import { compileUriTemplate } from '@switchyard/wire';
import type { CacheHint } from '../define/cache-hint.ts';
import { resolveCacheHint } from '../define/cache-hint.ts';
import { naming } from '../define/naming.ts';
import type {
  ResourceDefinition,
  ResourceHandler,
  ResourceTemplateDefinition,
  ResourceTemplateHandler,
} from '../define/resource.ts';
import type { CompiledResource, CompiledTemplate } from './definitions.ts';

/** How a resource, or a family of them, is addressed and read. */
export interface Addressed<Definition, Handler> {
  readonly name: string;
  /** A URI, or an RFC 6570 template of URIs. */
  readonly address: string;
  readonly definition: Definition;
  readonly handler: Handler;
}

/** Checks a resource's declaration; throws `TypeError`, naming the resource and what to mend. */
export function compileResource(
  { name, address: uri, definition, handler }: Addressed<ResourceDefinition, ResourceHandler>,
  fallback: CacheHint | undefined,
): CompiledResource {
  return naming(`resource '${name}'`, () => {
    if (name.length === 0) throw new TypeError('it needs a name.');
    if (typeof handler !== 'function') throw new TypeError('it needs a handler.');
    if (!ABSOLUTE_URI.test(uri) || !URL.canParse(uri)) {
      throw new TypeError(
        `'${uri}' is not an absolute URI; percent-encode what RFC 3986 does not let it hold.`,
      );
    }
    const entry: Resource = { uri, name, ...listed(definition) };
    if (definition.size !== undefined) entry.size = definition.size;
    const cacheHint = resolveCacheHint(definition.cacheHint, fallback);
    return { uri, entry, visible: definition.visible, cacheHint, read: handler };
  });
}

/** Checks a template's declaration; throws `TypeError`, naming the template and what to mend. */
export function compileTemplate(
  {
    name,
    address: uriTemplate,
    definition,
    handler,
  }: Addressed<ResourceTemplateDefinition, ResourceTemplateHandler>,
  fallback: CacheHint | undefined,
): CompiledTemplate {
  return naming(`resource template '${name}'`, () => {
    if (name.length === 0) throw new TypeError('it needs a name.');
    if (typeof handler !== 'function') throw new TypeError('it needs a handler.');
    const template = compileUriTemplate(uriTemplate);
    const { complete = {}, visible } = definition;
    for (const variable of Object.keys(complete)) {
      if (!template.variables.includes(variable))
        throw new TypeError(`complete.${variable} is for a variable that it does not have.`);
    }
    const entry: ResourceTemplate = { uriTemplate, name, ...listed(definition) };
    const cacheHint = resolveCacheHint(definition.cacheHint, fallback);
    return { template, entry, visible, cacheHint, complete, read: handler };
  });
}

type Listed = Pick<Resource, 'title' | 'description' | 'mimeType' | 'annotations' | 'icons' | '_meta'>;

function listed({ title, description, mimeType, annotations, icons, _meta }: ResourceDefinition): Listed {
  const entry: Listed = {};
  if (title !== undefined) entry.title = title;
  if (description !== undefined) entry.description = description;
  if (mimeType !== undefined) entry.mimeType = mimeType;
  if (annotations !== undefined) entry.annotations = checkedAnnotations(annotations);
  if (icons !== undefined) entry.icons = [...icons];
  if (_meta !== undefined) entry._meta = _meta;
  return entry;
}

function checkedAnnotations(annotations: Annotations): Annotations {
  const { lastModified } = annotations;
  if (
    lastModified === undefined ||
    (ISO_8601.test(lastModified) && !Number.isNaN(Date.parse(lastModified)))
  ) {
    return annotations;
  }
  throw new TypeError(`lastModified must be a time such as 2026-07-28T15:00:00Z, not '${lastModified}'.`);
}

/** A scheme, and the characters of RFC 3986. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;
