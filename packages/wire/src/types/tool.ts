import type { BaseMetadata, Icons } from './common.ts';
import type { MetaObject } from './meta.ts';

/** Hints about a tool; never a ground for trust. Spec: schema#toolannotations. */
export interface ToolAnnotations {
  title?: string;
  /** The tool changes nothing. Default: false. */
  readOnlyHint?: boolean;
  /** The tool may destroy something. Default: true. */
  destructiveHint?: boolean;
  /** A second call with the same arguments changes nothing more. Default: false. */
  idempotentHint?: boolean;
  /** The tool reaches out into an open world. Default: true. */
  openWorldHint?: boolean;
}

/** A tool the client can call. Spec: server/tools#tool. */
export interface Tool extends BaseMetadata, Icons {
  /** What the tool does; a hint to the model. */
  description?: string;
  /** JSON Schema of the arguments, 2020-12 unless `$schema` says otherwise; may carry `x-mcp-header`. */
  inputSchema: { $schema?: string; type: 'object'; [key: string]: unknown };
  /** JSON Schema of `structuredContent`. */
  outputSchema?: { $schema?: string; [key: string]: unknown };
  annotations?: ToolAnnotations;
  _meta?: MetaObject;
}
