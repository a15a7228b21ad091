import { readFile } from 'node:fs/promises';
import { type ParsedConfig, parseConfigInSlices } from './parse.ts';
import { ConfigError } from './problem.ts';
import { whyUnreadable } from './unreadable.ts';

/**
 * Reads and checks a configuration file. Rejects with `ConfigError`, whose message names file, line, column and key,
 * where the file cannot be read or used.
 */
export async function loadConfig(path: string): Promise<ParsedConfig> {
  return parseConfigInSlices(await readConfigText(path), { file: path });
}

/** The text of a configuration file; rejects with `ConfigError` where it cannot be read. */
export async function readConfigText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError([{ path: [], message: whyUnreadable(error) }], path);
  }
}
