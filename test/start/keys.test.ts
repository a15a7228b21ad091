import { parseKeys } from '@switchyard/seal';
import { afterEach, expect, test } from 'vitest';
import { cleanUp, run } from './support/command.ts';

afterEach(cleanUp);

test('prints one fresh key, and how to rotate beside it', async () => {
  const [first, second] = await Promise.all([run(['keys']), run(['keys'])]);
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(parseKeys(first.out)).toHaveLength(1);
  expect(first.out).not.toBe(second.out);
  expect(first.err).toContain('SWITCHYARD_KEYS=old,new');
});

test('a key can be named', async () => {
  const { out } = await run(['keys', '--id', '2026-08']);
  expect(parseKeys(out)[0]?.id).toBe('2026-08');
});

test('a name that cannot be one is refused', async () => {
  const { code, out, err } = await run(['keys', '--id', 'a:b']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('A key id must be 1 to 64 characters');
});
