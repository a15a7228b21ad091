import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../support/peers.ts';
import { freePorts } from '../../support/ports.ts';
import { nginxProgram, startNginx } from './nginx.ts';
import { type Process, startProcess } from './process.ts';

/** One member of a fleet, which can be ended and started again on its port. */
export interface Member {
  readonly name: string;
  process: Process;
  start(): Promise<void>;
}

/** What a server noted of a call that it carried out. */
export interface Execution {
  readonly call: string;
  readonly by: string;
}

/** nginx, three gateways behind it, nine servers behind those: three servers of three instances each. */
export interface Fleet {
  readonly url: (server: string) => string;
  readonly gateways: readonly Member[];
  readonly servers: readonly Member[];
  /** Everything that servers have carried out so far. */
  executions(): readonly Execution[];
  /** Where gateways and servers keep their files; removed by `dispose`. */
  readonly folder: string;
  dispose(): void;
}

export const SERVER_NAMES: readonly string[] = ['alpha', 'beta', 'gamma'];

const INSTANCES = 3;
const GATEWAYS = 3;

/** What of the configuration is a test's own, as YAML, given the folder of the fleet. */
export type MoreConfig = (folder: string) => string;

/** Starts a fleet, or says why it cannot. `killAll` ends it. */
export async function startFleet(more: MoreConfig = () => ''): Promise<Fleet | string> {
  const program = nginxProgram();
  if (program === undefined) return 'there is no nginx, and no apt that could install one';
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-fleet-'));
  const ledger = path.join(folder, 'ledger');
  writeFileSync(ledger, '');
  const [front = 0, ...ports] = await freePorts(1 + GATEWAYS + SERVER_NAMES.length * INSTANCES);
  const gatewayPorts = ports.slice(0, GATEWAYS);
  const serverPorts = ports.slice(GATEWAYS);
  const servers = await Promise.all(serverPorts.map((port, i) => startServer(i, port, ledger)));
  const yaml = `${serversYaml(serverPorts)}\n${more(folder)}`;
  const gateways = await Promise.all(gatewayPorts.map((port, i) => startGateway(i, { port, folder, yaml })));
  await startNginx(program, front, gatewayPorts);
  return {
    url: (server) => `http://127.0.0.1:${front}/servers/${server}/mcp`,
    gateways,
    servers,
    folder,
    executions: () =>
      readFileSync(ledger, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Execution), // what server.mjs writes
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

// ---

function serversYaml(ports: readonly number[]): string {
  const entries = SERVER_NAMES.map((name, i) => {
    const own = ports.slice(i * INSTANCES, (i + 1) * INSTANCES);
    const urls = own.map((port) => `"http://127.0.0.1:${port}/mcp"`).join(', ');
    return `  ${name}: { replicas: [${urls}], health: { eject: 200ms, maxEject: 500ms } }`;
  });
  return `servers:\n${entries.join('\n')}`;
}

function startServer(index: number, port: number, ledger: string): Promise<Member> {
  const name = `${SERVER_NAMES[Math.floor(index / INSTANCES)]}-${index % INSTANCES}`;
  const args = [path.join(root, 'test/chaos/gateway/server.mjs')];
  return member(name, port, () =>
    startProcess({
      program: process.execPath,
      args,
      env: { PORT: String(port), LEDGER: ledger, NAME: name },
    }),
  );
}

function startGateway(
  index: number,
  { port, folder, yaml }: { readonly port: number; readonly folder: string; readonly yaml: string },
): Promise<Member> {
  const file = path.join(folder, `gateway-${index}.yaml`);
  writeFileSync(file, `listen: { port: ${port} }\n${yaml}\n`);
  const args = [path.join(root, 'packages/cli/bin/switchyard.js'), 'gateway', file];
  return member(`gateway-${index}`, port, () => startProcess({ program: process.execPath, args }));
}

async function member(name: string, port: number, run: () => Process): Promise<Member> {
  const made: Member = {
    name,
    process: run(),
    async start() {
      made.process = run();
      await made.process.listens(port);
    },
  };
  await made.process.listens(port);
  return made;
}
