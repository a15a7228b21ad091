import { parse } from 'yaml';
import { ConfigError, type ConfigProblem } from '../config/problem.ts';
import type { Secrets } from '../config/secret.ts';
import { validateAs } from '../config/validate.ts';
import type { Plan } from '../plan/plan.ts';
import { checkKeys } from './compile.ts';
import type { KeyEntry } from './keys.ts';
import type { KeysPlan } from './plan.ts';
import { KEY_LIST } from './schema-keys.ts';

/** The keys of a plan, from their file where they have one. Throws `ConfigError` for one that cannot be used. */
export function readKeys(keys: KeysPlan, plan: Plan, secrets: Secrets): readonly KeyEntry[] {
  if ('entries' in keys) return keys.entries;
  const text = secrets.file(keys.file, ['identify', 'keys', 'file']);
  const checked = validateAs<readonly KeyEntry[]>(KEY_LIST, parsed(text, keys.file) ?? []);
  if (!checked.ok) throw new ConfigError(checked.problems, keys.file);
  const problems: ConfigProblem[] = [];
  const servers = Object.fromEntries(plan.servers.map(({ name }) => [name, { replicas: [] }]));
  checkKeys(checked.value, [], { config: { servers }, problems });
  if (problems.length > 0) throw new ConfigError(problems, keys.file);
  return checked.value;
}

// ---

function parsed(text: string, file: string): unknown {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 0 });
  } catch {
    // What the parser says quotes the line, and with it what someone may have put there by mistake.
    throw new ConfigError([{ path: [], message: 'the list of keys is not valid YAML' }], file);
  }
}
