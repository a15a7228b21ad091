// The client under test: the conformance suite starts it with the URL of a mock server, and says in the environment which
// scenario that server plays. A scenario is a function in one of the tables below.
import { scenarios } from './scenarios.mjs';

const [url] = process.argv.slice(2);
const name = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

const scenario = scenarios[name];
if (scenario === undefined) throw new Error(`There is no scenario ${name}.`);
await scenario({ url, context });
