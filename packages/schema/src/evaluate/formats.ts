import { fullFormats } from 'ajv-formats/dist/formats.js';
import { toRegExp } from '../pattern.ts';

/** Tells whether a text is in a format. */
export type FormatCheck = (text: string) => boolean;

/** The formats that are asserted (JSON Schema validation §7.3); every other one is an annotation. */
export const FORMATS: ReadonlyMap<string, FormatCheck> = new Map([
  ['date', library('date', 10)],
  ['time', library('time', 64)],
  ['date-time', library('date-time', 96)],
  ['duration', library('duration', 128)],
  ['email', library('email', 320)],
  ['hostname', library('hostname', 255)],
  ['ipv4', library('ipv4', 15)],
  ['ipv6', library('ipv6', 45)],
  ['uri', library('uri', 8_192)],
  ['uri-reference', library('uri-reference', 8_192)],
  ['uri-template', library('uri-template', 8_192)],
  ['uuid', isUuid],
  ['json-pointer', library('json-pointer', Number.POSITIVE_INFINITY)],
  ['relative-json-pointer', library('relative-json-pointer', Number.POSITIVE_INFINITY)],
  ['regex', (text) => text.length <= 4_096 && toRegExp(text) !== undefined],
]);

// ---------------------------------------------------------------------------------------------------------------------

/**
 * Takes a format from `ajv-formats`, for texts no longer than such a text can sensibly be: several of its expressions
 * take time quadratic in the length.
 */
function library(name: keyof typeof fullFormats, maxLength: number): FormatCheck {
  const definition: unknown = fullFormats[name];
  const test = toTest(definition) ?? toTest(Object(definition).validate);
  if (test === undefined) throw new TypeError(`ajv-formats has no format "${name}"`);
  return (text) => text.length <= maxLength && test(text);
}

function toTest(definition: unknown): FormatCheck | undefined {
  if (definition instanceof RegExp) return (text) => definition.test(text);
  return typeof definition === 'function' ? (text) => definition(text) === true : undefined;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
