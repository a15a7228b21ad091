// Runs the official conformance suite against a server, and reads what it found.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../ensure.mjs';

export const REVISION = '2026-07-28';

const preload = path.join(root, 'scripts/conformance/preload.mjs');
const suite = path.join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const LIMIT_MS = 300_000;

/**
 * Runs all that the suite has for a server of this revision: what the revision requires, and what is run unscored.
 * Resolves with every check by scenario, the names of the scenarios that must be there, what the suite printed, and
 * its exit code, which is about what is required.
 */
export async function runSuite(url, { verbose = false } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-conformance-'));
  try {
    const ended = await spawnSuite(url, { folder, verbose });
    return { ...ended, scenarios: readScenarios(folder), expected: expectedScenarios() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function spawnSuite(url, { folder, verbose }) {
  const args = ['server', '--url', url, '--requirements', REVISION, '--output-dir', folder];
  const child = spawn(process.execPath, ['--import', pathToFileURL(preload).href, suite, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (verbose) process.stderr.write(text);
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

/** The checks of every scenario, by its name, in the order in which they ran. */
function readScenarios(folder) {
  const scenarios = new Map();
  for (const name of readdirSync(folder)) {
    const [, scenario] = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name) ?? [];
    const file = path.join(folder, name, 'checks.json');
    if (scenario !== undefined && existsSync(file)) {
      scenarios.set(scenario, JSON.parse(readFileSync(file, 'utf8')));
    }
  }
  return scenarios;
}

/**
 * The scenarios that must run, from the suite's own list: what the revision requires of a server, and what the suite
 * does not score because its own example cannot pass it yet.
 */
function expectedScenarios() {
  const list = readFileSync(path.join(path.dirname(suite), `../requirements/${REVISION}.yaml`), 'utf8');
  const [, block = ''] = /^server:\n((?: *(?:- .*|#.*)?\n)+)/m.exec(list) ?? [];
  const required = namesIn(block, /^ *- +([\w-]+)/gm);
  const pending = namesIn(list, /- scenario: ([\w-]+)\n +leg: server\n +reason: pending/g);
  if (required.length === 0 || pending.length === 0)
    throw new Error("Cannot read the suite's list of scenarios.");
  return [...required, ...pending];
}

const namesIn = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
