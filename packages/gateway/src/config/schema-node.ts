import { DURATION_PATTERN, SIZE_PATTERN } from './units.ts';

/** The part of JSON Schema draft-07 that the configuration's schema is written in. */
export interface ConfigSchemaNode {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $comment?: string;
  /** A noun phrase for messages: "expected <title>". */
  readonly title?: string;
  readonly description?: string;
  readonly type?: ConfigSchemaType | readonly ConfigSchemaType[];
  /** Whether a secret may stand there, or what leads to one: messages then do not repeat the value. */
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, ConfigSchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | ConfigSchemaNode;
  readonly propertyNames?: ConfigSchemaNode;
  readonly items?: ConfigSchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean | readonly string[];
  readonly examples?: readonly (string | number)[];
  readonly definitions?: Readonly<Record<string, ConfigSchemaNode>>;
}

/** The kinds of values that the configuration has. */
export type ConfigSchemaType = 'object' | 'array' | 'string' | 'integer' | 'boolean';

/** A time span. */
export const DURATION: ConfigSchemaNode = {
  title: 'a duration: a whole number and a unit (ms, s, m, h), such as "500ms", "2s" or "5m"',
  type: 'string',
  pattern: DURATION_PATTERN,
};

/** A time span or none. */
export const OPTIONAL_DURATION: ConfigSchemaNode = {
  title: '"off", or a duration such as "500ms", "2s" or "5m"',
  type: 'string',
  pattern: `^off$|${DURATION_PATTERN}`,
};

/** A number of bytes. */
export const SIZE: ConfigSchemaNode = {
  title: 'a size: a whole number and a unit (B, KiB, MiB, GiB), such as "16KiB" or "4MiB"',
  type: 'string',
  pattern: SIZE_PATTERN,
};

/** What marks files that a configuration refers to: they are read again when it is, and watched with it. */
export const READ_WITH_CONFIG = 'read with the configuration';

/** The path of a file. */
export const FILE: ConfigSchemaNode = {
  title: 'the path of a file',
  $comment: READ_WITH_CONFIG,
  type: 'string',
  minLength: 1,
  maxLength: 4096,
};

/** A whole number. */
export const COUNT: ConfigSchemaNode = { title: 'a whole number', type: 'integer' };
