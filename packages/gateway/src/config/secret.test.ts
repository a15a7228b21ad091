import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { GatewayEvent } from '../events.ts';
import { parseConfig } from './parse.ts';
import { ConfigError } from './problem.ts';
import { type Secrets, secretsFrom } from './secret.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'switchyard-secret-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function secrets(env: Record<string, string> = {}): {
  readonly from: Secrets;
  readonly events: GatewayEvent[];
} {
  const events: GatewayEvent[] = [];
  return { from: secretsFrom({ env, log: (event) => events.push(event) }), events };
}

const AT = ['state', 'password'];

it('a secret comes from the environment or from a file, whose last newline is none of it', () => {
  const file = path.join(folder(), 'secret');
  writeFileSync(file, 's p\n\n', { mode: 0o600 });
  const { from, events } = secrets({ PASSWORD: 'pw' });
  expect(from.read({ env: 'PASSWORD' }, AT)).toBe('pw');
  expect(from.read({ file }, AT)).toBe('s p\n');
  writeFileSync(file, 'rotated');
  expect(from.read({ file }, AT)).toBe('rotated');
  expect(events).toEqual([]);
});

it('a secret that is not there names its place in the configuration', () => {
  const { from } = secrets({ EMPTY: '' });
  expect(() => from.read({ env: 'NONE' }, AT)).toThrow(
    'state.password refers to the environment variable NONE, which is not set',
  );
  expect(() => from.read({ env: 'EMPTY' }, AT)).toThrow('state.password refers to a secret that is empty');
  expect(() => from.read({ file: '/nowhere/at/all' }, AT)).toThrow(
    'state.password refers to /nowhere/at/all, but there is no such file',
  );
  const big = path.join(folder(), 'big');
  writeFileSync(big, 'x'.repeat(64 * 1024 + 1), { mode: 0o600 });
  expect(() => from.read({ file: big }, AT)).toThrow(ConfigError);
});

it('a file of secrets that others may read makes a warning', ({ skip }) => {
  if (process.platform === 'win32') return skip('Windows has no permission bits');
  const file = path.join(folder(), 'secret');
  writeFileSync(file, 'x');
  chmodSync(file, 0o644);
  const { from, events } = secrets();
  from.read({ file }, AT);
  expect(events).toEqual([{ type: 'secret-exposed', file, mode: '0644' }]);
  from.file(file, AT);
  expect(events).toHaveLength(1);
});

it('a literal secret is refused and not repeated', () => {
  const servers = 'servers: { s: { replicas: [http://h/] } }\n';
  const complaints = [
    'state: { url: redis://h, password: hunter2 }',
    'state: { url: redis://h, password: { env: hunter2! } }',
    'state: { url: redis://h, password: { value: hunter2 } }',
    'state: redis://:hunter2@h',
    'state: { url: "redis://u:hunter2@h" }',
    'state: http://:hunter2@h',
  ].map((text) => {
    try {
      parseConfig(servers + text);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    throw new Error('the configuration was accepted');
  });
  expect(complaints).toMatchInlineSnapshot(`
    [
      "2:26: state.password is a text that does not fit; expected a secret by reference: { env: NAME } or { file: path }; secrets themselves do not stand here",
      "2:38: state.password.env is a text that does not fit; expected the name of an environment variable",
      "2:38: state.password.value is not a known key; the keys known here are env, file",
      "2:1: state carries a password; give it by reference: state.password",
      "2:10: state.url carries a password; give it by reference: state.password",
      "2:1: state is a text that does not fit; expected a redis:// or rediss:// URL, or a mapping with at least url",
    ]
  `);
});
