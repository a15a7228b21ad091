// What the client does in each scenario. Each talks to the server that the suite has started for it alone.
import { createClient } from '@switchyard/client/node';
import { authScenarios } from './auth-scenarios.mjs';

/** By the suite's own names; each gets the URL of the server, and what the suite says of it. */
export const scenarios = {
  ...authScenarios,

  tools_call: (run) =>
    using(run, async (client) => {
      await client.discover();
      await client.listTools();
      await client.callTool('add_numbers', { a: 5, b: 3 });
    }),

  'request-metadata': (run) => using(run, listAll, { handlers: everyHandler() }),

  'sep-2322-client-request-state': (run) =>
    using(
      run,
      async (client) => {
        await client.listTools();
        const unrelated = client.callTool('test_mrtr_unrelated', {});
        await client.callTool('test_mrtr_echo_state', {});
        await unrelated;
        await client.callTool('test_mrtr_no_state', {});
        await client.callTool('test_mrtr_no_result_type', {});
      },
      { handlers: { elicit: () => ({ action: 'accept', content: { confirmed: true } }) } },
    ),

  'http-standard-headers': (run) =>
    using(run, async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) await client.callTool(name, {});
      const { resources } = await client.listResources();
      for (const { uri } of resources) await client.readResource(uri);
      const { prompts } = await client.listPrompts();
      for (const { name } of prompts) await client.getPrompt(name);
    }),

  'http-custom-headers': (run) =>
    using(run, async (client) => {
      await client.listTools();
      for (const { name, arguments: args } of run.context.toolCalls) await client.callTool(name, args);
    }),

  'http-invalid-tool-headers': (run) =>
    using(run, async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) await client.callTool(name, { region: 'us-west1' });
    }),

  'json-schema-ref-no-deref': (run) => using(run, (client) => client.listTools()),

  'json-schema-2020-12-preservation': (run) =>
    using(run, async (client) => {
      const { tools } = await client.listTools();
      const { inputSchema } = tools.find(({ name }) => name === 'json_schema_2020_12_tool');
      await client.callTool('json_schema_echo', { schema: inputSchema });
    }),
};

async function using({ url }, act, options = {}) {
  const client = createClient({
    url,
    info: { name: 'switchyard-conformance', version: '1.0.0' },
    onWarning: (message) => console.error(message),
    ...options,
  });
  try {
    await act(client);
  } finally {
    await client.close();
  }
}

const listAll = (client) => client.listTools();

function everyHandler() {
  return {
    elicit: () => ({ action: 'decline' }),
    sample: () => ({ role: 'assistant', model: 'none', content: { type: 'text', text: 'none' } }),
    listRoots: () => ({ roots: [] }),
  };
}
