import { formatKeys, parseKeys, randomKey } from '@switchyard/seal';
import { Failure } from '../failure.ts';

/** The keys for input rounds: those of SWITCHYARD_KEYS, or a fresh one. Throws `Failure` for keys that cannot be read. */
export function keysFrom(env: Readonly<Record<string, string | undefined>>): string {
  const text = env['SWITCHYARD_KEYS'];
  if (text === undefined || text.trim() === '') return formatKeys([randomKey()]);
  try {
    parseKeys(text);
  } catch (error) {
    throw new Failure(
      `SWITCHYARD_KEYS: ${error instanceof Error ? error.message : String(error)}. "switchyard keys" makes one.`,
    );
  }
  return text;
}
