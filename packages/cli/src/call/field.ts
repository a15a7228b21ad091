import { Failure } from '../failure.ts';

/** A field of a form, as it is asked for on a terminal. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** Lines shown before the question: what the field is, and what can be chosen. */
  readonly help: readonly string[];
  readonly required: boolean;
  readonly fallback: Value | undefined;
  /** Reads what was typed, which is not empty. */
  read(text: string): Read;
}

type Value = string | number | boolean | string[];
type Read = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly why: string };
type Schema = Readonly<Record<string, unknown>>;

/** The most fields of one form. */
const MAX_FIELDS = 100;

/** The fields of a form in their order. Throws `Failure` for a form that is none. Spec: client/elicitation#requested-schema. */
export function fieldsOf(requestedSchema: unknown): Field[] {
  const schema = asSchema(requestedSchema);
  const properties = Object.entries(asSchema(schema['properties']));
  if (properties.length > MAX_FIELDS)
    throw new Failure(`The tool asks for ${properties.length} values at once.`);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return properties.map(([name, property]) => toField(name, asSchema(property), required.includes(name)));
}

// ---

const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function toField(name: string, schema: Schema, required: boolean): Field {
  const options = optionsOf(schema);
  const help = [textOf(schema['description'])].filter((line) => line !== undefined);
  for (const [index, { value, title }] of options.entries()) {
    help.push(`${index + 1}. ${title === value ? value : `${title} (${value})`}`);
  }
  return {
    name,
    label: `${textOf(schema['title']) ?? name}${kindOf(schema, options)}`,
    help,
    required,
    fallback: asValue(schema['default']),
    read: reader(schema, options),
  };
}

function kindOf({ type }: Schema, options: readonly Option[]): string {
  if (type === 'boolean') return ' (y/n)';
  if (type === 'integer' || type === 'number') return ' (number)';
  if (type === 'array') return ' (numbers, separated by commas)';
  return options.length > 0 ? ' (number)' : '';
}

function reader(schema: Schema, options: readonly Option[]): Field['read'] {
  switch (schema['type']) {
    case 'boolean':
      return readBoolean;
    case 'integer':
    case 'number':
      return (text) => readNumber(text, schema);
    case 'array':
      return (text) => readSeveral(text, schema, options);
    default:
      return options.length > 0 ? (text) => readOne(text, options) : (text) => readText(text, schema);
  }
}

function readBoolean(text: string): Read {
  if (/^(y|yes|true)$/i.test(text)) return { ok: true, value: true };
  if (/^(n|no|false)$/i.test(text)) return { ok: true, value: false };
  return { ok: false, why: 'Answer y or n.' };
}

function readNumber(text: string, { type, minimum, maximum }: Schema): Read {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) return { ok: false, why: 'That is not a number.' };
  if (type === 'integer' && !Number.isInteger(value))
    return { ok: false, why: 'That is not a whole number.' };
  if (typeof minimum === 'number' && value < minimum) return { ok: false, why: `At least ${minimum}.` };
  if (typeof maximum === 'number' && value > maximum) return { ok: false, why: `At most ${maximum}.` };
  return { ok: true, value };
}

function readText(text: string, { minLength, maxLength }: Schema): Read {
  const { length } = [...text];
  if (typeof minLength === 'number' && length < minLength)
    return { ok: false, why: `At least ${minLength} characters.` };
  if (typeof maxLength === 'number' && length > maxLength)
    return { ok: false, why: `At most ${maxLength} characters.` };
  return { ok: true, value: text };
}

function readOne(text: string, options: readonly Option[]): Read {
  const chosen =
    options[Number(text) - 1] ?? options.find(({ value, title }) => value === text || title === text);
  return chosen === undefined
    ? { ok: false, why: `Choose a number from 1 to ${options.length}.` }
    : { ok: true, value: chosen.value };
}

function readSeveral(text: string, { minItems, maxItems }: Schema, options: readonly Option[]): Read {
  const value: string[] = [];
  for (const part of text.split(',')) {
    const one = readOne(part.trim(), options);
    if (!one.ok) return one;
    if (typeof one.value === 'string' && !value.includes(one.value)) value.push(one.value);
  }
  if (typeof minItems === 'number' && value.length < minItems)
    return { ok: false, why: `Choose at least ${minItems}.` };
  if (typeof maxItems === 'number' && value.length > maxItems)
    return { ok: false, why: `Choose at most ${maxItems}.` };
  return { ok: true, value };
}

interface Option {
  readonly value: string;
  readonly title: string;
}

/** What can be chosen, in any of the five ways of writing it. */
function optionsOf(schema: Schema): Option[] {
  const holder = schema['type'] === 'array' ? asSchema(schema['items']) : schema;
  const titled = holder['oneOf'] ?? holder['anyOf'];
  if (Array.isArray(titled)) {
    return titled
      .map(asSchema)
      .map(({ const: value, title }) => ({ value: String(value), title: String(title ?? value) }));
  }
  const values: unknown[] = Array.isArray(holder['enum']) ? holder['enum'] : [];
  const names: unknown[] = Array.isArray(holder['enumNames']) ? holder['enumNames'] : [];
  return values.map((value, index) => ({ value: String(value), title: String(names[index] ?? value) }));
}

function asValue(value: unknown): Value | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.map(String) : undefined;
}
