// Lets the conformance suite start on Node 20: its one-file build imports `globSync` from `fs`, which is there from
// Node 22 on, and which only its `tier-check` command calls. Use: node --import ./preload.mjs <the suite> …
import * as fs from 'node:fs';
import { register } from 'node:module';

const asModule = (source) => `data:text/javascript,${encodeURIComponent(source)}`;

const names = Object.keys(fs).filter((name) => name !== 'default');
const fsWithGlob = asModule(`
import fs from 'node:fs';
export default fs;
${names.map((name) => `export const ${name} = fs[${JSON.stringify(name)}];`).join('\n')}
export function globSync() { throw new Error('globSync needs Node 22 or newer.'); }`);

const hook = asModule(`
export async function resolve(specifier, context, next) {
  const suite = (context.parentURL ?? '').includes('/@modelcontextprotocol/conformance/');
  if (specifier !== 'fs' || !suite) return next(specifier, context);
  return { url: ${JSON.stringify(fsWithGlob)}, shortCircuit: true };
}`);

if (!('globSync' in fs)) register(hook);
