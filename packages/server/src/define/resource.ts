import type {
  Annotations,
  BlobResourceContents,
  Icon,
  InputRequiredResult,
  MetaObject,
  TextResourceContents,
} from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { Visibility } from '../identity/visibility.ts';
import type { InputRequired } from '../input/input-required.ts';
import type { CacheHint } from './cache-hint.ts';
import type { Completers } from './completion.ts';

interface ResourceDetails {
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly annotations?: Annotations;
  readonly icons?: readonly Icon[];
  readonly _meta?: MetaObject;
  /** Who may see, read and subscribe to it. @default everyone */
  readonly visible?: Visibility;
  /** How long, and by whom, what was read may be kept. @default the server's hint for `resources/read` */
  readonly cacheHint?: CacheHint;
}

/**
 * A resource with one URI.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/resources#resource.
 */
export interface ResourceDefinition extends ResourceDetails {
  /** Size of the raw content in bytes, where it is known. */
  readonly size?: number;
}

/**
 * A family of resources, addressed by an RFC 6570 template.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/resources#resource-templates.
 */
export interface ResourceTemplateDefinition extends ResourceDetails {
  /** Suggestions for the template's variables, by variable name. */
  readonly complete?: Completers;
}

/** What a resource may return: a text, bytes, or the contents in full. `undefined` means that there is no such resource. */
export type ResourceReturn =
  | string
  | Uint8Array
  | {
      readonly contents: readonly (TextResourceContents | BlobResourceContents)[];
      readonly _meta?: MetaObject;
    }
  | InputRequired
  | InputRequiredResult
  | undefined;

/** Reads a resource. */
export type ResourceHandler = (uri: string, ctx: RequestContext) => ResourceReturn | Promise<ResourceReturn>;

/** Reads a resource of a family; `variables` are what the template matched in the URI, percent-decoded. */
export type ResourceTemplateHandler = (
  uri: string,
  variables: Readonly<Record<string, string | string[]>>,
  ctx: RequestContext,
) => ResourceReturn | Promise<ResourceReturn>;
