// Runs scenarios of the conformance suite's client side, and reads what it found.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from '../../ensure.mjs';
import { REVISION } from '../suite.mjs';

const preload = path.join(root, 'scripts/conformance/preload.mjs');
const installed = path.join(root, 'node_modules/@modelcontextprotocol/conformance');
const main = fileURLToPath(new URL('./main.mjs', import.meta.url));
const LIMIT_MS = 60_000;

/** The names of the scenarios for clients, from the suite's own list: those that the revision requires, then those that are run unscored. */
export function clientScenarios() {
  const list = readFileSync(path.join(installed, `requirements/${REVISION}.yaml`), 'utf8');
  const [, block = ''] = /^client:\n((?: *(?:- .*|#.*)?\n)+)/m.exec(list) ?? [];
  const required = names(block, /^ *- +([\w/-]+)/gm);
  const unscored = names(list, /- scenario: ([\w/-]+)\n +leg: client/g);
  if (required.length === 0 || unscored.length === 0)
    throw new Error("Cannot read the suite's list of scenarios.");
  return [...required, ...unscored];
}

/** Runs one scenario. Resolves with its checks, or none where it did not come to any, the suite's exit code, and what was printed. */
export async function runClientScenario(name, command = `${process.execPath} ${main}`) {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-conformance-'));
  try {
    const { code, output } = await spawnSuite(name, { folder, command });
    return { code, output, checks: readChecks(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function spawnSuite(name, { folder, command }) {
  const suite = path.join(installed, 'dist/index.js');
  const args = [
    'client',
    '--command',
    command,
    '--scenario',
    name,
    '--spec-version',
    REVISION,
    // Extensions belong to no revision, and would be left out.
    '--force',
    '-o',
    folder,
    '--verbose',
  ];
  const child = spawn(process.execPath, ['--import', pathToFileURL(preload).href, suite, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

function readChecks(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (path.basename(file) === 'checks.json' && existsSync(file))
      return JSON.parse(readFileSync(file, 'utf8'));
  }
  return undefined;
}

const names = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
