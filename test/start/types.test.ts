import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createServer } from '@switchyard/server';
import { type Listening, serve } from '@switchyard/server/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { cleanUp, ROOT, run } from './support/command.ts';
import { type Project, project } from './support/project.ts';

let listening: Listening;
let folder: Project;

beforeAll(async () => {
  const server = createServer({ name: 'typed', version: '1.0.0' }, { pageSize: 1 });
  const inputSchema = z.object({ a: z.number(), b: z.number().optional() });
  const outputSchema = z.object({ sum: z.number(), kind: z.enum(['small', 'large']) });
  server.registerTool('add', { inputSchema, outputSchema }, ({ a, b = 0 }) => ({
    structuredContent: { sum: a + b, kind: 'small' },
  }));
  server.registerTool('say-hello', { description: 'Greets.' }, () => 'hello');
  listening = await serve(server, { port: 0 });
  folder = project({ 'use.ts': USE, 'package.json': '{"type":"module"}' });
});

afterEach(cleanUp);

afterAll(async () => {
  folder[Symbol.dispose]();
  await listening.close({ timeoutMs: 0 });
});

it('writes types that hold calls of the client to the schemas', async () => {
  const out = path.join(folder.folder, 'tools.ts');
  expect(await run(['types', listening.url, '--out', out])).toMatchObject({ code: 0, out: '' });
  expect(readFileSync(out, 'utf8')).toContain('/** Greets. */\n  readonly "say-hello":');
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const options =
    '--noEmit --strict --skipLibCheck --module nodenext --target es2023 --allowImportingTsExtensions --types node'.split(
      ' ',
    );
  const checked = promisify(execFile)(process.execPath, [tsc, ...options, 'use.ts'], { cwd: folder.folder });
  await expect(checked).resolves.toMatchObject({ stdout: '' });
});

it('compares, and writes nothing, with --check', async () => {
  const out = path.join(folder.folder, 'checked.ts');
  expect(await run(['types', listening.url, '--out', out, '--check'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('is not there'),
  });
  await run(['types', listening.url, '--out', out]);
  expect(await run(['types', listening.url, '--out', out, '--check'])).toEqual({ code: 0, out: '', err: '' });
  folder.write('checked.ts', '// old');
  expect(await run(['types', listening.url, '--out', out, '--check'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('is out of date'),
  });
  expect(readFileSync(out, 'utf8')).toBe('// old');
});

it('prints where no file is named', async () => {
  const { code, out } = await run(['types', listening.url]);
  expect(code).toBe(0);
  expect(out).toContain('export type AddInput = {\n  readonly a: number;\n  readonly b?: number;\n};\n');
});

// ---

/** Each line after a directive must be wrong, and all others right. */
const USE = `
import { createClient } from '@switchyard/client/node';
import type { Tools } from './tools.ts';

const client = createClient<Tools>({ url: 'http://127.0.0.1:1/mcp' });
const { structuredContent } = await client.callTool('add', { a: 1 });
export const sum: number | undefined = structuredContent?.sum;
export const kind: 'small' | 'large' | undefined = structuredContent?.kind;
await client.callTool('say-hello');
// @ts-expect-error there is no such tool
await client.callTool('subtract', { a: 1 });
// @ts-expect-error it is no number
await client.callTool('add', { a: '1' });
// @ts-expect-error it is missing
await client.callTool('add', { b: 1 });
// @ts-expect-error there is no such argument
await client.callTool('add', { a: 1, c: 2 });
// @ts-expect-error it is no text
export const text: string | undefined = structuredContent?.sum;
`;
