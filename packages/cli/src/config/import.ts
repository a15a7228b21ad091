import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';
import { toYaml } from './imported-yaml.ts';
import { parseJsonc } from './jsonc.ts';
import { readServers } from './sources.ts';

/** Prints the gateway configuration that an MCP client's, or a registry's, file comes to. Throws `Failure` where there is nothing in it. */
export async function runImport(file: string, terminal: Terminal): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, file, 'read');
  });
  let value: unknown;
  try {
    value = parseJsonc(text);
  } catch (error) {
    throw new Failure(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const servers = readServers(value);
  if (servers === undefined)
    throw new Failure(
      `${file} has no MCP servers: expected mcpServers, servers, mcp.servers, or a registry's server.json.`,
    );
  terminal.print(toYaml(servers).trimEnd());
  const left = servers.filter(({ url }) => url === undefined).length;
  if (left > 0) terminal.note(`${left} of ${servers.length} could not be carried over; the file says why.`);
}
