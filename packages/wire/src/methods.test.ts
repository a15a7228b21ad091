import { describe, expect, it } from 'vitest';
import {
  INPUT_METHODS,
  isRequestMethod,
  LEGACY_VERSIONS,
  METHODS,
  methodInfo,
  NOTIFICATIONS,
  PROTOCOL_VERSION,
  REMOVED_METHODS,
} from './index.ts';

const having = (test: (method: keyof typeof METHODS) => boolean): string[] =>
  (Object.keys(METHODS) as (keyof typeof METHODS)[]).filter(test); // the table's own keys

describe('the method table', () => {
  it('has the requests of the revision', () => {
    expect(Object.keys(METHODS).sort()).toEqual([
      'completion/complete',
      'prompts/get',
      'prompts/list',
      'resources/list',
      'resources/read',
      'resources/templates/list',
      'server/discover',
      'subscriptions/listen',
      'tools/call',
      'tools/list',
    ]);
  });

  it('knows which have a name, rounds, hints, and which must not be sent twice', () => {
    expect(having((method) => METHODS[method].inputRounds)).toEqual([
      'tools/call',
      'resources/read',
      'prompts/get',
    ]);
    expect(having((method) => METHODS[method].nameSource === 'name')).toEqual(['tools/call', 'prompts/get']);
    expect(having((method) => METHODS[method].nameSource === 'uri')).toEqual(['resources/read']);
    expect(having((method) => !METHODS[method].cacheable)).toEqual([
      'tools/call',
      'prompts/get',
      'completion/complete',
      'subscriptions/listen',
    ]);
    expect(having((method) => !METHODS[method].repeatable)).toEqual(['tools/call']);
    expect(having((method) => METHODS[method].capability === undefined)).toEqual([
      'server/discover',
      'subscriptions/listen',
    ]);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', ''])('does not know %j', (method) => {
    expect(isRequestMethod(method)).toBe(false);
    expect(methodInfo(method)).toBeUndefined();
    expect(method in REMOVED_METHODS).toBe(false);
  });

  it('tells what replaces a removed method, and has none of them', () => {
    for (const method of [
      'initialize',
      'ping',
      'logging/setLevel',
      'resources/subscribe',
      'resources/unsubscribe',
      'tasks/list',
    ]) {
      expect(REMOVED_METHODS[method]?.kind).toBe('request');
      expect(isRequestMethod(method)).toBe(false);
    }
    const current = new Set<string>(Object.values(NOTIFICATIONS));
    for (const [method, { kind, instead }] of Object.entries(REMOVED_METHODS)) {
      expect(method.startsWith('notifications/')).toBe(kind === 'notification');
      expect(instead).toMatch(/\.$/);
      expect(current.has(method)).toBe(false);
    }
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(METHODS)).toBe(true);
    expect(Object.isFrozen(METHODS['tools/call'])).toBe(true);
    expect(Object.isFrozen(REMOVED_METHODS)).toBe(true);
  });
});

it('the names of versions and of input requests are those of the specification', () => {
  expect(PROTOCOL_VERSION).toBe('2026-07-28');
  expect(LEGACY_VERSIONS).toEqual(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']);
  expect(Object.values(INPUT_METHODS).sort()).toEqual([
    'elicitation/create',
    'roots/list',
    'sampling/createMessage',
  ]);
});
