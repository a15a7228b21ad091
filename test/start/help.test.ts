import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, ROOT, run } from './support/command.ts';

afterEach(cleanUp);

const COMMANDS = [
  'serve',
  'gateway',
  'gateway-key',
  'policy',
  'pins',
  'call',
  'doctor',
  'types',
  'login',
  'keys',
];

describe('help', () => {
  test('names every command', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test.each(COMMANDS)('of %s tells its arguments, options and examples', async (command) => {
    const { code, out, err } = await run([command, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: switchyard ${command} \\[options\\]`));
    expect(out).toContain('-h, --help');
    expect(out).toContain(
      `$ ${command === 'keys' ? 'export SWITCHYARD_KEYS="$(switchyard keys)"' : `switchyard ${command} `}`,
    );
    expect((await run(['help', command])).out).toBe(out);
  });

  test('without a command, help is shown and the exit code is 1', async () => {
    const { code, err } = await run([]);
    expect(code).toBe(1);
    expect(err).toContain('Usage: switchyard');
  });
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'packages/cli/package.json'), 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  [['serv'], 'Did you mean serve?'],
  [['serve'], "missing required argument 'file'"],
  [['serve', 'x.ts', '--port', '70000'], 'A port is a whole number from 0 to 65535'],
  [
    ['serve', 'x.ts', '--stdio', '--port', '3000'],
    "option '--stdio' cannot be used with option '-p, --port <number>'",
  ],
  [['serve', 'x.ts', '--replicas', '0'], 'At least one replica is needed.'],
  [['serve', 'x.ts', '--path', 'mcp'], 'A path begins with /'],
  [['call', 'http://x/', 't', '--args', '[1]'], 'It must be a JSON object.'],
  [['call', 'http://x/', 't', '-H', 'nocolon'], 'Write it as "name: value".'],
])('%j is refused with what to do', async (args, message) => {
  const { code, err } = await run(args);
  expect(code).toBe(1);
  expect(err).toContain(message);
});

test.each([['--version'], ['--help'], ['serve', '--help'], ['keys', '--help']])(
  '%s loads neither server nor gateway',
  async (...args) => {
    expect(await loaded(args)).not.toMatch(
      /packages\/(server|gateway|seal|schema)\/|node_modules\/(undici|esbuild|yaml|ajv)\//,
    );
  },
);

test('the check of what is loaded sees what is loaded', async () => {
  expect(await loaded(['serve', 'no-such-file.ts'])).toMatch(/packages\/server\/dist\/node\.js/);
});

/** The files that the command loads, one a line. */
async function loaded(args: readonly string[]): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-coverage-'));
  try {
    await run(args, { env: { NODE_V8_COVERAGE: folder } });
    const reports = readdirSync(folder).map((file) =>
      JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
    );
    const urls = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url));
    expect(urls.length).toBeGreaterThan(5);
    return urls.join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
