// `npm start`: installs and builds what is missing, then serves three replicas of examples/first-light behind the gateway.
// PORT chooses another port than 8080.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root } from './ensure.mjs';
import { banner } from './start/banner.mjs';

const REPLICAS = 3;
const DRAIN_SECONDS = 10;

ensureInstalled();
ensureBuilt('packages/cli');

const { startFleet } = await built('replicas/fleet.js');
const { keysFrom } = await built('serve/keys.js');
const { untilStopped } = await built('stop.js');
const { processTerminal } = await built('terminal.js');
const { Failure } = await built('failure.js');

const terminal = processTerminal();
try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  terminal.note(error.message);
  process.exitCode = 1;
}

async function main() {
  const { env, note, print } = terminal;
  const stopped = untilStopped(terminal);
  const starting = startFleet({
    file: path.join(root, 'examples/first-light/server.ts'),
    replicas: REPLICAS,
    host: '127.0.0.1',
    port: portFrom(env.PORT),
    path: '/mcp',
    watch: true,
    drain: DRAIN_SECONDS,
    env: { ...env, SWITCHYARD_KEYS: keysFrom(env) },
    note,
    choosePort: 'Stop what is there, or choose another port: PORT=8081 npm start',
  });
  const fleet = await Promise.race([starting, stopped]);
  // Replicas that are still starting end with this process.
  if (fleet === undefined) process.exit();
  print(banner(fleet));
  await stopped;
  note('Finishing what is in flight …');
  await fleet.close();
  note('Stopped.');
}

function portFrom(text = '8080') {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Failure(`PORT is "${text}"; a port is a whole number from 0 to 65535.`);
}

function built(file) {
  return import(pathToFileURL(path.join(root, 'packages/cli/dist', file)).href);
}
