// Runs gates and tells how each went.
import { spawn } from 'node:child_process';
import { root } from '../ensure.mjs';

/** Runs gates side by side; resolves with how many passed and failed. What a failing gate writes is shown. */
export async function runGates(gates) {
  const results = await Promise.all(gates.map(runGate));
  return { passed: results.filter((ok) => ok).length, failed: results.filter((ok) => !ok).length };
}

async function runGate({ name, command: [program, ...args] }) {
  const since = performance.now();
  const { code, output } = await collect(program, args);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  if (code !== 0 && output !== '') console.log(output);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  return code === 0;
}

function collect(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8').trim() }));
  });
}
