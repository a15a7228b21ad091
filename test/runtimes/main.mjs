// Runs the cases on Node, Bun or Deno and prints the outcomes as one line of JSON.
import { runCases } from './cases.mjs';

console.log(JSON.stringify(await runCases()));
