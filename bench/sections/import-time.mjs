import { CORE, output, pinned } from '../support/processes.mjs';
import { median } from '../support/stats.mjs';

/** What is imported, by title; each in a fresh process. */
const IMPORTS = {
  'node:http': ['node:http'],
  '@switchyard/server': ['@switchyard/server'],
  '@switchyard/server, @switchyard/server/node': ['@switchyard/server', '@switchyard/server/node'],
  '@modelcontextprotocol/server': ['@modelcontextprotocol/server'],
  'tmcp, @tmcp/transport-http': ['tmcp', '@tmcp/transport-http'],
  zod: ['zod'],
};

/** How long an import takes in a fresh process, in milliseconds, and how much memory the process holds after it. */
export async function measureImports({ runs }) {
  const samples = new Map(Object.keys(IMPORTS).map((title) => [title, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [title, modules] of Object.entries(IMPORTS))
      samples.get(title).push(await importOnce(modules));
  }
  return Object.fromEntries(
    [...samples].map(([title, list]) => [
      title,
      { ms: median(list.map(({ ms }) => ms)), rss: median(list.map(({ rss }) => rss)) },
    ]),
  );
}

async function importOnce(modules) {
  const imports = modules.map((name) => `await import(${JSON.stringify(name)});`).join('');
  const code = `const t = performance.now(); ${imports} const ms = performance.now() - t;
    console.log(JSON.stringify({ ms, rss: process.memoryUsage().rss / 2 ** 20 }));`;
  return JSON.parse(await output(pinned(CORE.server, [process.execPath, '--input-type=module', '-e', code])));
}
