/** Why a schema was refused. */
export type SchemaErrorCode =
  /** A keyword has a value its dialect forbids, or the schema is not made of JSON values. */
  | 'invalid-schema'
  /** `$schema` names a dialect other than 2020-12 and draft-07, or dialects are mixed. */
  | 'unsupported-dialect'
  /** A reference points outside the schema. Nothing is ever fetched. */
  | 'external-ref'
  /** A reference points inside the schema, at nothing. */
  | 'unresolved-ref'
  /** References lead back to where they started without reading any of the value: validation would never end. */
  | 'ref-loop'
  /** Deeper than `maxDepth`. */
  | 'too-deep'
  /** More subschemas than `maxSubschemas`. */
  | 'too-many-subschemas'
  /** More JSON values than `maxNodes`. */
  | 'too-large'
  /** A pattern is not a regular expression, or longer than `maxPatternLength`. */
  | 'invalid-pattern'
  /** A pattern of a peer needs look-around or back-references, which cannot be run in linear time. */
  | 'unsupported-pattern'
  /** The root is not `type: "object"` where MCP requires that. */
  | 'not-object-root';

/** A schema that is refused: `code` says why, `path` where, as a JSON pointer into the schema. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorCode;
  readonly path: string;

  constructor(code: SchemaErrorCode, path: string, reason: string) {
    super(`${path === '' ? 'Schema' : `Schema at ${clip(path, 200)}`}: ${reason}`);
    this.code = code;
    this.path = path;
  }
}

/** Cuts text from outside to a length fit for a message. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
