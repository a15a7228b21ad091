import { readFile } from 'node:fs/promises';
import { type ParsedConfig, parseConfigInSlices } from './parse.ts';
import { ConfigError } from './problem.ts';

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
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new ConfigError([{ path: [], message: reason }], path);
  }
}
