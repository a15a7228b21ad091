import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Answer, answering, post, startGateway, upstream } from '../test/support.ts';

const PROGRAM = fileURLToPath(new URL('../test/replica.mjs', import.meta.url));

interface Replica {
  readonly child: ChildProcess;
  readonly port: number;
}

async function startReplica(ledger: string, name: string, port = 0): Promise<Replica> {
  const env = { ...process.env, LEDGER: ledger, NAME: name, PORT: String(port) };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(String(line)) };
}

interface Execution {
  readonly id: number;
  readonly method: string;
}

function executions(ledger: string): Execution[] {
  return readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Execution);
}

/** Sends `count` requests with ids from `first`, `width` at a time; every other one is a call. */
async function load(url: string, { first, count, width }: { first: number; count: number; width: number }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: width });
  const outcomes = new Map<number, Answer | Error>();
  let next = first;
  const worker = async () => {
    while (next < first + count) {
      const id = next++;
      const method = id % 2 === 0 ? 'tools/call' : 'tools/list';
      outcomes.set(id, await post(url, { id, method, agent }).catch((error: Error) => error));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  agent.destroy();
  return outcomes;
}

describe('replicas that are killed under load', () => {
  it('lose no request that may run twice, run no call twice, and get their share again when they are back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-chaos-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ledger = join(folder, 'ledger');
    const replicas = await Promise.all(['a', 'b', 'c'].map((name) => startReplica(ledger, name)));
    const health = { failures: 2, eject: '100ms', maxEject: '200ms' };
    const urls = replicas.map(({ port }) => `http://127.0.0.1:${port}/mcp`);
    const { url, gateway } = await startGateway({ servers: { s: { path: '/mcp', replicas: urls, health } } });
    const victim = replicas[1];
    if (victim === undefined) throw new Error('no victim');

    const running = load(url, { first: 0, count: 1500, width: 24 });
    await vi.waitFor(() => expect(gateway.stats().accepted).toBeGreaterThan(200), 10_000);
    victim.child.kill('SIGKILL');
    await vi.waitFor(() => expect(gateway.stats().accepted).toBeGreaterThan(800), 10_000);
    await startReplica(ledger, 'b2', victim.port);
    const outcomes = await running;

    const byId = group(executions(ledger));
    const lost: number[] = [];
    for (const [id, outcome] of outcomes) {
      if (outcome instanceof Error) throw outcome;
      if (outcome.status === 200) {
        expect(outcome.json.id).toBe(id);
      } else {
        expect([outcome.status, outcome.json.id, outcome.json.error.data.mayHaveRun]).toEqual([
          502,
          id,
          true,
        ]);
        lost.push(id);
      }
    }
    expect(outcomes.size).toBe(1500);
    expect(lost.filter((id) => id % 2 === 1)).toEqual([]);
    const calls = [...byId].filter(([id]) => id % 2 === 0);
    expect(calls.filter(([, runs]) => runs > 1)).toEqual([]);
    const answered = [...outcomes.keys()].filter((id) => !lost.includes(id));
    expect(answered.filter((id) => !byId.has(id))).toEqual([]);

    await vi.waitFor(async () => {
      const froms = await load(url, { first: 10_000, count: 30, width: 3 });
      const names = new Set(
        [...froms.values()].map((one) => (one instanceof Error ? '' : one.json.result?.from)),
      );
      expect(names).toEqual(new Set(['a', 'b2', 'c']));
    }, 10_000);
  }, 40_000);
});

describe('a reload under load', () => {
  it('loses nothing, however often the replicas change', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((from) => upstream(answering(from))));
    const sets = [[a], [b, c], [a, b, c], [c]].map((set) => set.map((one) => one?.url ?? ''));
    const config = (i: number) => ({
      listen: { port: 0 },
      servers: { s: { path: '/mcp', replicas: sets[i % sets.length] ?? [] } },
    });
    const { url, gateway } = await startGateway(config(0));
    const running = load(url, { first: 0, count: 600, width: 12 });
    for (let i = 1; i < 40; i++) {
      const seen = gateway.stats().accepted;
      await vi.waitFor(() => expect(gateway.stats().accepted).toBeGreaterThan(Math.min(seen + 5, 595)), {
        interval: 1,
        timeout: 10_000,
      });
      gateway.reload(config(i));
    }
    const outcomes = await running;
    const failed = [...outcomes.values()].filter((one) => one instanceof Error || one.status !== 200);
    expect(failed).toEqual([]);
    expect(new Set([...(a?.seen ?? []), ...(b?.seen ?? []), ...(c?.seen ?? [])]).size).toBe(600);
  }, 30_000);
});

function group(list: readonly Execution[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { id } of list) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
