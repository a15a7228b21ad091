import { fullFormats } from 'ajv-formats/dist/formats.js';
import { toRegExp } from '../pattern.ts';

/** Tells whether a text is in a format. */
export type FormatCheck = (text: string) => boolean;

/** The formats that are asserted (JSON Schema validation §7.3); every other one is an annotation. */
export const FORMATS: ReadonlyMap<string, FormatCheck> = new Map([
  ['date', library('date')],
  ['time', library('time')],
  ['date-time', library('date-time')],
  ['duration', library('duration')],
  ['email', library('email')],
  ['hostname', library('hostname')],
  ['ipv4', library('ipv4')],
  ['ipv6', library('ipv6')],
  ['uri', library('uri')],
  ['uri-reference', library('uri-reference')],
  ['uri-template', library('uri-template')],
  ['uuid', isUuid],
  ['json-pointer', library('json-pointer')],
  ['relative-json-pointer', library('relative-json-pointer')],
  ['regex', (text) => text.length <= 4_096 && toRegExp(text) !== undefined],
]);

// ---------------------------------------------------------------------------------------------------------------------

/** Takes a format from `ajv-formats`. Its `url`, which is none of JSON Schema's, takes time quadratic in the length. */
function library(name: keyof typeof fullFormats): FormatCheck {
  const definition: unknown = fullFormats[name];
  const test = toTest(definition) ?? toTest(Object(definition).validate);
  if (test === undefined) throw new TypeError(`ajv-formats has no format "${name}"`);
  return test;
}

function toTest(definition: unknown): FormatCheck | undefined {
  if (definition instanceof RegExp) return (text) => definition.test(text);
  return typeof definition === 'function' ? (text) => definition(text) === true : undefined;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
