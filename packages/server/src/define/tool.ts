import type { InferInput, InferOutput, SchemaInput } from '@switchyard/schema';
import type {
  CallToolResult,
  ClientCapabilities,
  ContentBlock,
  Icon,
  InputRequiredResult,
  MetaObject,
  ToolAnnotations,
} from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { Visibility } from '../identity/visibility.ts';
import type { InputRequired } from '../input/input-required.ts';

/**
 * A tool as its author declares it.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool.
 */
export interface ToolDefinition<
  Input extends SchemaInput | undefined = SchemaInput | undefined,
  Output extends SchemaInput | undefined = SchemaInput | undefined,
> {
  /** A name for people. */
  readonly title?: string;
  /** What the tool does, for the model. */
  readonly description?: string;
  /** Shape of the arguments; the root must be an object. Absent means that the tool takes none. */
  readonly inputSchema?: Input;
  /** Shape of `structuredContent`; a result that does not conform is never sent. */
  readonly outputSchema?: Output;
  readonly annotations?: ToolAnnotations;
  readonly icons?: readonly Icon[];
  readonly _meta?: MetaObject;
  /** Who may see and call the tool. @default everyone */
  readonly visible?: Visibility;
  /** What the caller must have declared; otherwise the call is answered with -32021. */
  readonly requires?: ClientCapabilities;
  /** Settings for extensions, by extension identifier; an extension's `around` reads them. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What a tool may return: a text, or a result whose `content` may be left out where `structuredContent` is given. */
export type ToolReturn<Output extends SchemaInput | undefined> =
  | (Output extends SchemaInput ? StructuredReturn<InferInput<Output>> : PlainReturn)
  | ErrorReturn
  | InputRequired
  | InputRequiredResult;

/** Answers a call. Without an `inputSchema` there are no arguments and the context comes first. */
export type ToolHandler<
  Input extends SchemaInput | undefined,
  Output extends SchemaInput | undefined,
> = Input extends SchemaInput
  ? (args: InferOutput<Input>, ctx: RequestContext) => ToolReturn<Output> | Promise<ToolReturn<Output>>
  : (ctx: RequestContext) => ToolReturn<Output> | Promise<ToolReturn<Output>>;

interface StructuredReturn<T> {
  readonly structuredContent: T;
  /** Left out, it becomes the JSON text of `structuredContent`, as the specification advises. */
  readonly content?: readonly ContentBlock[];
  readonly isError?: false;
  readonly _meta?: MetaObject;
}

type PlainReturn =
  | string
  | (Partial<Pick<CallToolResult, 'structuredContent' | '_meta'>> & {
      readonly content: readonly ContentBlock[];
      readonly isError?: boolean;
    });

interface ErrorReturn {
  readonly isError: true;
  readonly content: readonly ContentBlock[];
  readonly structuredContent?: unknown;
  readonly _meta?: MetaObject;
}

/**
 * A failure that the model should read, to correct itself: its message becomes an `isError` result.
 * Any other error that a tool throws is hidden behind a reference number.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
