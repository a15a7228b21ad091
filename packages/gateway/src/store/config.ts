import { type ConfigProblem, formatPath } from '../config/problem.ts';
import { type ConfigSchemaNode, FILE } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';

/** `store`: the URL alone, or with how to reach it. */
export type StoreConfig = string | StoreSettings;

/** `store` in its long form. */
export interface StoreSettings {
  readonly url: string;
  readonly password?: SecretRef;
  readonly ca?: string;
  readonly schema?: string;
}

/** Where what must not be lost is kept. */
export type StorePlan = SqlitePlan | PostgresPlan;

/** A file of SQLite. */
export interface SqlitePlan {
  readonly kind: 'sqlite';
  readonly file: string;
}

/** A database of PostgreSQL. */
export interface PostgresPlan {
  readonly kind: 'postgres';
  readonly url: string;
  readonly password: SecretRef | undefined;
  /** A file. */
  readonly ca: string | undefined;
  readonly schema: string;
}

const URL_PATTERN = '^(sqlite:|postgres(ql)?://)[^\\s]+$';
const DEFAULT_SCHEMA = 'switchyard';

/** The schema of `store`. */
export const STORE: ConfigSchemaNode = {
  title: 'a sqlite: or postgres:// URL, or a mapping with at least url',
  description:
    'Where what must not be lost is kept: the audit trail, pins. A URL, or a mapping. SQLite serves the gateways of one machine, PostgreSQL any number.',
  type: ['string', 'object'],
  pattern: URL_PATTERN,
  maxLength: 1024,
  additionalProperties: false,
  required: ['url'],
  examples: ['sqlite:./switchyard.db', 'postgres://switchyard@db.internal/switchyard'],
  properties: {
    url: {
      title: 'a sqlite: or postgres:// URL, without a password',
      description:
        '`sqlite:` and a file, from the working directory unless absolute; or host, port, user name and database of PostgreSQL. What that leaves out comes from `PGHOST`, `PGUSER` and so on.',
      type: 'string',
      pattern: URL_PATTERN,
      maxLength: 1024,
    },
    password: {
      ...SECRET,
      description: 'The password of PostgreSQL, by reference. Default: `PGPASSWORD` or `~/.pgpass`.',
    },
    ca: {
      ...FILE,
      description:
        "The authorities that may vouch for PostgreSQL, PEM; the connection is then encrypted. Default: as the URL's `sslmode` says.",
    },
    schema: {
      title: 'a name of 1 to 63 small letters, digits or "_", starting with a letter',
      description: 'The schema of PostgreSQL that holds the tables; made where it is not there.',
      type: 'string',
      pattern: '^[a-z][a-z0-9_]{0,62}$',
      default: DEFAULT_SCHEMA,
    },
  },
};

/** The plan of `store`; `undefined` where nothing is to be kept. */
export function compileStore(
  config: StoreConfig | undefined,
  problems: ConfigProblem[],
): StorePlan | undefined {
  if (config === undefined) return undefined;
  const settings: StoreSettings = typeof config === 'string' ? { url: config } : config;
  const at = typeof config === 'string' ? ['store'] : ['store', 'url'];
  const refuse = (why: string) => problems.push({ path: at, message: `${formatPath(at)} ${why}` });
  const { url, password, ca, schema = DEFAULT_SCHEMA } = settings;
  if (url.startsWith('sqlite:')) {
    for (const key of ['password', 'ca', 'schema'] as const)
      if (settings[key] !== undefined)
        problems.push({
          path: ['store', key],
          message: `store.${key} is for PostgreSQL; a file of SQLite has none`,
        });
    return { kind: 'sqlite', file: url.slice('sqlite:'.length) };
  }
  if (!URL.canParse(url)) refuse('is not a URL');
  else if (new URL(url).password !== '' || new URL(url).searchParams.has('password'))
    refuse('carries a password; give it by reference (store.password), or as PGPASSWORD');
  return { kind: 'postgres', url, password, ca, schema };
}
