import type { JsonSchema } from '@switchyard/schema';
import type { ElicitRequestFormParams } from '@switchyard/wire';

/** What a client can show as a form. */
export type RequestedSchema = ElicitRequestFormParams['requestedSchema'];

/**
 * Writes a schema in the subset of JSON Schema that forms know. What only restricts a field further, such as a pattern, is
 * left out, and the answer is held to it all the same; what a form cannot show throws `TypeError`, naming the field.
 * See https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#requested-schema.
 */
export function toRequestedSchema({ type, properties, required }: JsonSchema): RequestedSchema {
  if (type !== 'object' || !isRecord(properties)) {
    throw new TypeError('A form needs an object schema with properties.');
  }
  const fields = Object.entries(properties).map(([name, field]) => [name, toField(name, field)]);
  const shown = { type, properties: Object.fromEntries(fields) };
  // Every field was written by `toField`, member by member.
  return (required === undefined ? shown : { ...shown, required }) as unknown as RequestedSchema;
}

/** Whether any text of a form holds what a client may make a link of. */
export function holdsLink({ message, requestedSchema }: ElicitRequestFormParams): boolean {
  const fields = Object.values(requestedSchema.properties);
  const texts = [message, ...fields.flatMap(({ title, description }) => [title, description])];
  return texts.some((text) => text !== undefined && /https?:\/\//i.test(text));
}

// ---

const LABELS = ['title', 'description', 'default'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  string: [...LABELS, 'minLength', 'maxLength', 'enum', 'enumNames', 'oneOf'],
  number: [...LABELS, 'minimum', 'maximum'],
  integer: [...LABELS, 'minimum', 'maximum'],
  boolean: LABELS,
  array: [...LABELS, 'minItems', 'maxItems'],
};
const FORMATS: ReadonlySet<unknown> = new Set(['email', 'uri', 'date', 'date-time']);

function toField(name: string, field: unknown): Record<string, unknown> {
  const type = isRecord(field) ? field['type'] : undefined;
  const members = typeof type === 'string' && Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
  if (!isRecord(field) || members === undefined) throw unfit(name);
  const shown: Record<string, unknown> = { type };
  for (const member of members) if (field[member] !== undefined) shown[member] = field[member];
  if (FORMATS.has(field['format'])) shown['format'] = field['format'];
  if (type === 'array') shown['items'] = toChoices(name, field['items']);
  if (shown['enum'] !== undefined && !isStrings(shown['enum'])) throw unfit(name);
  if (shown['oneOf'] !== undefined && !isTitled(shown['oneOf'])) throw unfit(name);
  return shown;
}

function toChoices(name: string, items: unknown): unknown {
  if (!isRecord(items)) throw unfit(name);
  if (items['type'] === 'string' && isStrings(items['enum'])) return { type: 'string', enum: items['enum'] };
  if (isTitled(items['anyOf'])) return { anyOf: items['anyOf'] };
  throw unfit(name);
}

const unfit = (name: string): TypeError =>
  new TypeError(
    `The form field '${name}' must be a string, number, integer or boolean, or a choice of one or some strings.`,
  );

const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isTitled = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((one) => isRecord(one) && typeof one['const'] === 'string' && typeof one['title'] === 'string');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
