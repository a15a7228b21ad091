// The cases over a socket, on Node, Bun or Deno: prints the outcomes as one line of JSON.
import { serve } from '@switchyard/server/node';
import { build, outcomesOf } from './runtimes-cases.mjs';

const server = build();
const { url, close } = await serve(server, { port: 0 });
console.log(JSON.stringify(await outcomesOf(server, { url })));
await close();
