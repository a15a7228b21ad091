import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../support/peers.ts';

/** Bundles a worker of this repository, runs it in workerd, and returns what it answers. */
export async function runInWorkerd(binary: string, worker: string): Promise<unknown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchyard-workerd-'));
  try {
    await bundle(folder, worker);
    await writeFile(path.join(folder, 'config.capnp'), CONFIG);
    return await ask(binary, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(folder: string, worker: string): Promise<void> {
  await build({
    entryPoints: [path.join(root, worker)],
    outfile: path.join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import', 'default'],
    logLevel: 'error',
  });
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2026-01-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

async function ask(binary: string, folder: string): Promise<unknown> {
  // The control channel tells which port was taken.
  const child = spawn(binary, ['serve', 'config.capnp', '--control-fd=1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`workerd ended with ${code}: ${errors}`)));
      child.stdout.on('data', (chunk) => {
        const found = /"port":\s*(\d+)/.exec(String(chunk));
        if (found !== null) resolve(Number(found[1]));
      });
    });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    return response.ok ? await response.json() : await response.text();
  } finally {
    child.kill('SIGKILL');
  }
}
