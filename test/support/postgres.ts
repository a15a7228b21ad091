import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';

/** What tests say that need PostgreSQL where there is none. */
export const NO_POSTGRES =
  'no PostgreSQL answers (SWITCHYARD_TEST_POSTGRES names one), and none is installed';

/** A database that tests may make schemas in. */
export interface TestDatabase {
  readonly url: string;
  /** A name that no other test has; the schema of that name is removed with the database. */
  schema(): string;
  /** Runs SQL beside what is tested. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** The database at SWITCHYARD_TEST_POSTGRES, or one that is running here, or one made for the purpose. `undefined` where there is none. */
export async function testDatabase(): Promise<TestDatabase | undefined> {
  const { username } = userInfo();
  const named = process.env['SWITCHYARD_TEST_POSTGRES'];
  const usual = ['test', 'postgres'].map((name) => `postgres://${username}@127.0.0.1:5432/${name}`);
  for (const url of named === undefined ? usual : [named])
    if (await answers(url)) return open(url, undefined);
  const own = named === undefined ? await ownPostgres() : undefined;
  return own === undefined ? undefined : open(own.url, own);
}

/** A PostgreSQL server of one's own, to be ended at will. */
export interface OwnPostgres {
  readonly url: string;
  readonly port: number;
  /** Ends it as a crash does: no process of it is left. */
  kill(): Promise<void>;
  /** Starts it again with what it has kept, at the same port. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

/** Starts a server on a free port, with files of its own. `undefined` where PostgreSQL is not installed. */
export async function ownPostgres(): Promise<OwnPostgres | undefined> {
  const programs = programsFolder();
  if (programs === undefined) return undefined;
  const user = serverUser();
  const data = mkdtempSync(path.join(tmpdir(), 'switchyard-postgres-'));
  chmodSync(data, 0o700);
  if ('uid' in user) chownSync(data, user.uid, user.gid);
  const init = ['-D', data, '-U', 'switchyard', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'];
  execFileSync(path.join(programs, 'initdb'), init, { ...user, stdio: 'ignore', cwd: data });
  const port = await freePort();
  const url = `postgres://switchyard@127.0.0.1:${port}/postgres`;
  const start = async (): Promise<ChildProcess> => {
    // What a crash of the machine would lose is not what is tested: without fsync a restart takes no longer than it must.
    const settings = [
      '-c',
      'fsync=off',
      '-c',
      'listen_addresses=127.0.0.1',
      '-k',
      data,
      '-c',
      'max_connections=200',
    ];
    const args = ['-D', data, '-p', String(port), ...settings];
    const child = spawn(path.join(programs, 'postgres'), args, { ...user, stdio: 'ignore', cwd: data });
    const deadline = Date.now() + 20_000;
    while (!(await answers(url))) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error('PostgreSQL did not start');
    }
    return child;
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  return {
    url,
    port,
    // "Immediate shutdown": every process quits at once, nothing is written; the next start recovers as from a crash.
    kill: () => end('SIGQUIT'),
    restart: async () => {
      child = await start();
    },
    remove: async () => {
      await end('SIGQUIT');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function open(url: string, own: OwnPostgres | undefined): TestDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 2, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  const schemas: string[] = [];
  return {
    url,
    schema: () => {
      const name = `switchyard_test_${randomBytes(6).toString('hex')}`;
      schemas.push(name);
      return name;
    },
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    close: async () => {
      for (const name of schemas) await pool.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
      await pool.end();
      await own?.remove();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Where `initdb` and `postgres` are: on the path, or where Debian puts the newest version. */
function programsFolder(): string | undefined {
  const { status, stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const versions = '/usr/lib/postgresql';
  const debian = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => path.join(versions, version, 'bin'))
    : [];
  const folders = [...(status === 0 ? [stdout.trim()] : []), ...debian];
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(path.join(folder, name))),
  );
}

/** PostgreSQL refuses to run as root: it then runs as its own user, or as nobody. */
function serverUser(): { readonly uid: number; readonly gid: number } | Record<never, never> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim());
    const [uid, gid] = ids.map(Number);
    if (ids.every((id) => id !== '') && uid !== undefined && gid !== undefined) return { uid, gid };
  }
  return {};
}
