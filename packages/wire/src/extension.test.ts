import { expect, it } from 'vitest';
import { extensionFault, extensionSettings, isExtensionSettings, isInputRequired } from './index.ts';

it('extensionFault names what is wrong with a declaration', () => {
  expect(extensionFault('com.example/x', {})).toBeUndefined();
  expect(extensionFault('x', {})).toContain('"x" is no extension identifier');
  expect(extensionFault('com.example/x', [])).toContain('must be an object');
  expect(extensionFault('com.example/x', null)).toContain('must be an object');
});

it('extensionSettings gives what was declared and nothing that was not', () => {
  const capabilities = { extensions: { 'com.example/x': { a: 1 } } };
  expect(extensionSettings(capabilities, 'com.example/x')).toEqual({ a: 1 });
  expect(extensionSettings(capabilities, 'com.example/y')).toBeUndefined();
  expect(extensionSettings(capabilities, 'constructor')).toBeUndefined();
  expect(extensionSettings({}, 'com.example/x')).toBeUndefined();
});

it('isExtensionSettings takes objects only', () => {
  expect([{}, { a: [] }, [], null, 'x', undefined].map(isExtensionSettings)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

it('isInputRequired goes by resultType', () => {
  expect(isInputRequired({ resultType: 'input_required', requestState: 's' })).toBe(true);
  expect(isInputRequired({ resultType: 'complete', content: [] })).toBe(false);
});
