import { clip } from '../errors.ts';
import { isObject } from '../json-schema.ts';

/** Writes a JSON value such that two values have the same text exactly when they are equal by JSON Schema (core §4.2.2). */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`)
    .join(',')}}`;
}

/** Writes a value of a schema for a message, cut to a readable length. */
export function shown(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'null', 80);
}

/** The JSON type of a value, as a message names it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Tells whether an object has a member of its own: one that is `undefined` is not there, as JSON would not carry it. */
export function hasMember(value: { [key: string]: unknown }, key: string): boolean {
  return value[key] !== undefined && Object.hasOwn(value, key);
}
