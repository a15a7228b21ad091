import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A program as a user of the web's `Request` and `Response` would write it: it reaches all that is loaded on demand. */
const PROGRAM = `import { createServer } from '@switchyard/server';

const server = createServer({ name: 'consumer', version: '1.0.0' });
const inputSchema = { type: 'object', properties: { name: { type: 'string' } } } as const;
server.registerTool('greet', { inputSchema }, () => 'Good day.');
const headers = {
  host: '127.0.0.1',
  'content-type': 'application/json',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'greet',
};
const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const params = { name: 'greet', arguments: { name: 'Ada' }, _meta };
const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
const request = new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body });
const response: Response = await server.fetch(request);
const text = await response.text();
if (!text.includes('Good day.')) throw new Error(\`The answer was \${response.status}: \${text}\`);
`;

const RESOLUTIONS = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

const SERVER_LIB = ['es2023', 'esnext.disposable'];
const LIB = [...SERVER_LIB, 'dom', 'dom.iterable', 'dom.asynciterable'];

/** Entries whose types need those of Node; all others must do without. */
const NEEDS_NODE = /^@switchyard\/((server|client)\/node|server\/stdio|gateway|cli)$/;

/** What goes wrong when the installed packages are imported, run and type-checked by somebody else. */
export async function consume(packages, { root, folder }) {
  const consumer = path.join(folder, 'consumer');
  const specifiers = packages.flatMap(({ entries }) =>
    entries.filter(({ isModule }) => isModule).map(({ specifier }) => specifier),
  );
  writeFileSync(
    path.join(consumer, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  const imports = specifiers.map((specifier) => `await import('${specifier}');\n`).join('');
  writeFileSync(path.join(consumer, 'import.mjs'), imports);
  // The program is valid JavaScript but for its two annotations.
  writeFileSync(path.join(consumer, 'run.mjs'), PROGRAM.replace(': Response', '').replace(' as const', ''));
  const runs = [
    run('importing every entry', ['import.mjs'], consumer),
    run('running a server', ['run.mjs'], consumer),
    ...packages.flatMap(({ manifest, target }) =>
      Object.values(manifest.bin ?? {}).map((file) =>
        run(`${file} --version`, [path.join(target, file), '--version'], consumer),
      ),
    ),
    ...Object.keys(RESOLUTIONS).flatMap((resolution) => [
      typeCheck({
        root,
        consumer,
        resolution,
        specifiers: specifiers.filter((each) => !NEEDS_NODE.test(each)),
        types: [],
      }),
      typeCheck({ root, consumer, resolution, specifiers, types: ['node'] }),
      // A server's project, as most are: no types of a browser.
      typeCheck({ root, consumer, resolution, specifiers, types: ['node'], lib: SERVER_LIB }),
    ]),
  ];
  return (await Promise.all(runs)).flat();
}

// ---

async function typeCheck({ root, consumer, resolution, specifiers, types, lib = LIB }) {
  const where = path.join(consumer, [resolution, ...types, ...(lib === LIB ? ['dom'] : [])].join('-'));
  mkdirSync(where);
  const imports = specifiers.map(
    (specifier, index) => `import * as entry${index} from '${specifier}';\nvoid entry${index};\n`,
  );
  writeFileSync(path.join(where, 'entries.ts'), imports.join(''));
  writeFileSync(path.join(where, 'program.ts'), PROGRAM);
  const compilerOptions = {
    ...RESOLUTIONS[resolution],
    target: 'es2022',
    lib,
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types,
  };
  writeFileSync(
    path.join(where, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['entries.ts', 'program.ts'] }),
  );
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const output = await outputOf([tsc, '-p', where, '--pretty', 'false'], consumer);
  const ours = output.text
    .split('\n')
    .filter((line) => /error TS/.test(line) && !/node_modules\/(?!@switchyard)/.test(line));
  return ours.map((line) => `type check (${path.basename(where)}): ${line}`);
}

async function run(what, args, cwd) {
  const { status, text } = await outputOf(args, cwd);
  return status === 0 ? [] : [`${what} failed:\n${text}`];
}

function outputOf(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, text: Buffer.concat(chunks).toString() }));
  });
}
