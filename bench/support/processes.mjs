// Starts and stops what is under test, each on a free port and, where there are two cores, all on one of them.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { headersOf, message } from '../workloads.mjs';
import { post } from './http.mjs';
import { pause } from './stats.mjs';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Where servers write what goes wrong, and probes what they find; gone when the run ends. */
export const scratch = mkdtempSync(path.join(tmpdir(), 'switchyard-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const pins = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Which core servers run on, and which one the load comes from. */
export const CORE = { server: '0', load: '1' };

/** The command that runs a command on one core only; the command itself where that cannot be done. */
export function pinned(core, command) {
  return pins ? ['taskset', '-c', core, ...command] : command;
}

/**
 * Starts a target with so many tools and waits for its first answer, unless told not to. Resolves with its url and process;
 * rejects where it exits or does not answer within 20 seconds. A target's `upstreams` are started first, stopped with it.
 */
export async function start(target, { tools = 1, env = {}, nodeArgs = [], wait = true } = {}) {
  const upstreams = [];
  for (let index = 0; index < (target.upstreams ?? 0); index += 1) {
    upstreams.push(await start({ ...target.upstream, core: CORE.load }, { tools }));
  }
  const extra = upstreams.length === 0 ? {} : { UPSTREAMS: upstreams.map(({ url }) => url).join(',') };
  const running = await launch(target, { TOOLS: String(tools), ...extra, ...env }, nodeArgs);
  const stop = async () => {
    await stopProcess(running.child);
    for (const upstream of upstreams) await upstream.stop();
  };
  if (wait) {
    try {
      await firstAnswer(target, running);
    } catch (error) {
      await stop();
      throw error;
    }
  }
  return { ...running, target, pid: running.child.pid, stop };
}

/** Runs a command to its end and gives its standard output; rejects where it fails. */
export function output(command) {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${program} exited with ${code}`)),
    );
  });
}

async function launch(target, env, nodeArgs) {
  const port = await freePort();
  const log = path.join(scratch, `${target.name}.log`);
  const [program, ...args] = pinned(target.core ?? CORE.server, [process.execPath, ...nodeArgs, target.file]);
  const descriptor = openSync(log, 'a');
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd: path.join(folder, 'servers'),
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ...target.env, ...env },
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  return { child, url: `http://127.0.0.1:${port}/mcp`, log, startedAt };
}

async function firstAnswer(target, { child, url, log }) {
  const until = Date.now() + 20_000;
  while (Date.now() < until) {
    if (child.exitCode !== null)
      throw new Error(`${target.name} exited:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    const reply = await post(url, message('tools/call', 1), {
      ...headersOf('tools/call'),
      ...target.headers,
    }).catch(() => undefined);
    if (reply?.status === 200) return;
    await pause(20);
  }
  throw new Error(
    `${target.name} did not answer within 20 seconds:\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

async function stopProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(late);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
