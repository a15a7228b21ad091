import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { createServer } from '@switchyard/server';
import { type Listening, serve } from '@switchyard/server/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AREAS } from '../../../packages/cli/src/doctor/areas.ts';
import { Exam } from '../../../packages/cli/src/doctor/exam.ts';
import { Probe } from '../../../packages/cli/src/doctor/probe.ts';
import { ROOT } from '../support/command.ts';
import { CASES } from './cases.ts';
import { type FaultyServer, faultyServer } from './faulty-server.ts';

/** What cannot be set up on one machine, and is tested by itself. */
const APART = ['protection.tls'];

let upstream: Listening;
let faulty: FaultyServer;

beforeAll(async () => {
  upstream = await serve(rightServer(), { port: 0 });
  faulty = await faultyServer(upstream.url);
});

afterAll(async () => {
  faulty.close();
  await upstream.close({ timeoutMs: 0 });
});

const checks = new Map(AREAS.flatMap((area) => area.checks).map((check) => [check.id, check]));

it('the extract of the requirements ledger is as the ledger has it', () => {
  const script = path.join(ROOT, 'packages/cli/scripts/requirements.mjs');
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
});

describe('every check', () => {
  it('has a case, and an id of its own', () => {
    expect([...Object.keys(CASES), ...APART].sort()).toEqual([...checks.keys()].sort());
    expect(checks.size).toBe(AREAS.flatMap((area) => area.checks).length);
  });

  it.each(Object.entries(CASES))('%s passes and fails', async (id, { right, wrong, tool, token }) => {
    const { origin } = new URL(faulty.url);
    faulty.fault = right?.(origin) ?? {};
    expect(await verdictOf(id, { tool, token })).toMatchObject({ status: 'right' });
    faulty.fault = typeof wrong === 'function' ? wrong(origin) : wrong;
    expect(await verdictOf(id, { tool, token })).toMatchObject({ status: 'wrong' });
  });

  it('protection.tls passes and fails', async () => {
    const run = (url: string) => checks.get('protection.tls')?.run(examOf(new URL(url), {}));
    expect(await run('https://example.com/mcp')).toMatchObject({ status: 'right' });
    expect(await run('http://127.0.0.1/mcp')).toMatchObject({ status: 'right' });
    expect(await run('http://192.0.2.1/mcp')).toMatchObject({ status: 'wrong' });
  });
});

// ---

interface Leave {
  readonly tool?: string | undefined;
  readonly token?: string | undefined;
}

async function verdictOf(id: string, leave: Leave) {
  const exam = examOf(new URL(faulty.url), leave);
  // What looks at all answers needs some.
  await exam.discover();
  try {
    return await checks.get(id)?.run(exam);
  } finally {
    await exam.probe.close();
  }
}

function examOf(url: URL, { tool, token }: Leave): Exam {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const probe = new Probe({ url, headers, timeoutMs: 5_000, signal: new AbortController().signal });
  return new Exam(probe, { args: tool === 'work' ? ARGS : {}, ...(tool === undefined ? {} : { tool }) });
}

const ARGS = { a: 1, region: 'west' };

function rightServer() {
  const server = createServer(
    { name: 'right', version: '1.0.0' },
    { pageSize: 2, cacheHints: { 'tools/list': { ttlMs: 5, cacheScope: 'private' } } },
  );
  const inputSchema = {
    type: 'object',
    properties: { a: { type: 'integer' }, region: { type: 'string', 'x-mcp-header': 'Region' } },
    required: ['a'],
  } as const;
  const outputSchema = z.object({ sum: z.number() });
  server.registerTool('work', { inputSchema, outputSchema }, () => ({ structuredContent: { sum: 2 } }));
  server.registerTool('ask', {}, async (ctx) => {
    const { action } = await ctx.elicit({
      message: 'Well?',
      requestedSchema: z.object({ name: z.string() }),
    });
    return action;
  });
  for (const name of ['third', 'fourth']) server.registerTool(name, {}, () => name);
  for (const name of ['one', 'two']) {
    server.registerPrompt(name, {}, () => name);
    server.registerResource(name, `test://${name}`, {}, () => name);
    server.registerResourceTemplate(name, `test://${name}/{id}`, {}, () => name);
  }
  return server;
}
