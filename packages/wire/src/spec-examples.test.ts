import { readdirSync, readFileSync } from 'node:fs';
import * as core from '@modelcontextprotocol/core';
import { describe, expect, it } from 'vitest';
import { checkStandardHeaders } from './headers.ts';
import {
  checkParsed,
  ERRORS,
  encodeHeaderValue,
  HEADER,
  METHODS,
  missingCapabilities,
  parseMessage,
  parseMessageStrict,
  readEnvelope,
  requiredForAll,
} from './index.ts';
import { isObject } from './walk.ts';

const root = new URL('../test/spec-examples/', import.meta.url);
const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const examples = folders.flatMap(({ name }) =>
  readdirSync(new URL(`${name}/`, root)).map((file) => {
    const text = readFileSync(new URL(`${name}/${file}`, root), 'utf8');
    return { type: name, file: `${name}/${file}`, text, value: JSON.parse(text) as unknown }; // JSON.parse gives any
  }),
);
const schemas: Readonly<Record<string, unknown>> = core;

interface Reader {
  safeParse(value: unknown): { success: boolean; error?: unknown };
}

function officialSchema(type: string): Reader | undefined {
  // What a model says with tools has a schema of its own there.
  const name = type === 'CreateMessageResult' ? 'CreateMessageResultWithTools' : type;
  const schema = schemas[`${name}Schema`];
  return isObject(schema) ? (schema as unknown as Reader) : undefined; // every …Schema is a zod schema
}

const messages = examples.filter(({ value }) => isObject(value) && 'jsonrpc' in value);
const requests = messages.filter(({ value }) => isObject(value) && 'method' in value && 'id' in value);

it('has all the examples', () => {
  expect(folders.length).toBe(88);
  expect(examples.length).toBe(129);
  expect(messages.length).toBe(32);
  expect(requests.length).toBeGreaterThan(9);
});

describe('the official schema reads', () => {
  // Schemas of the official package that still want what 2026-07-28 removed (see official.test-d.ts).
  const removed = new Set(['ElicitRequestURLParams']);
  const known = examples.filter(({ type }) => officialSchema(type) !== undefined && !removed.has(type));

  it.each(known)('$file', ({ type, value }) => {
    expect(officialSchema(type)?.safeParse(value)).toMatchObject({ success: true });
  });

  it('most of them', () => {
    expect(known.length).toBeGreaterThan(85);
  });
});

describe('our parser reads', () => {
  it.each(messages)('$file', ({ type, text, value }) => {
    const outcome = parseMessage(text);
    const kind = type.endsWith('Request')
      ? 'request'
      : type.endsWith('Notification')
        ? 'notification'
        : 'response';
    expect(outcome).toEqual({ kind, message: value });
    expect(parseMessageStrict(new TextEncoder().encode(text))).toEqual(outcome);
    expect(checkParsed(value)).toEqual(outcome);
    expect(core.JSONRPCMessageSchema.safeParse(value).success).toBe(true);
  });

  it.each(requests)('the envelope and the headers of $file', ({ value }) => {
    const outcome = checkParsed(value);
    if (outcome.kind !== 'request') throw new Error('no request');
    const { method, params } = outcome.message;
    expect(readEnvelope(params)).toMatchObject({ ok: true, envelope: { protocolVersion: '2026-07-28' } });
    const info = METHODS[method as keyof typeof METHODS]; // the example names a method of the revision
    expect(info).toBeDefined();
    const name = info.nameSource === undefined ? undefined : params?.[info.nameSource];
    const headers = new Headers({ [HEADER.method]: method });
    if (typeof name === 'string') headers.set(HEADER.name, encodeHeaderValue(name));
    expect(
      checkStandardHeaders(outcome.message, (header) => headers.get(header) ?? undefined),
    ).toBeUndefined();
  });
});

describe('our tables know', () => {
  const codes = new Map(Object.values(ERRORS).map(({ code, name }) => [code, name]));
  const errors = examples.filter(({ type }) => type.endsWith('Error'));

  it.each(errors)('the error of $file', ({ type, value }) => {
    const error = isObject(value) && isObject(value['error']) ? value['error'] : value;
    const code = isObject(error) ? error['code'] : undefined;
    expect(codes.get(Number(code))).toBe(
      type
        .replace(/Error$/, '')
        .replace('Parse', 'ParseError')
        .replace('Internal', 'InternalError'),
    );
  });

  it.each(examples.filter(({ type }) => type === 'InputRequests'))('what $file needs', ({ value }) => {
    const required = requiredForAll(value as Parameters<typeof requiredForAll>[0]); // the example is of that type
    expect(required).toEqual({ elicitation: { form: {} }, sampling: {} });
    expect(missingCapabilities(required, { elicitation: {} })).toEqual({ sampling: {} });
  });
});

it('every type of the schema is held to ours in spec.test-d.ts', () => {
  const names = (text: string): string[] =>
    [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name);
  const schema = names(readFileSync(new URL('schema.d.ts', root), 'utf8'));
  const held = new Set(names(readFileSync(new URL('spec.test-d.ts', import.meta.url), 'utf8')));
  // Error is held as ErrorObject; Request and Notification are inlined, since their names hide global ones; ClientResult is Result.
  const other = new Set(['Error', 'Request', 'Notification', 'ClientResult']);
  expect(schema.length).toBeGreaterThan(120);
  expect(schema.filter((name) => !held.has(name) && !other.has(name))).toEqual([]);
});
