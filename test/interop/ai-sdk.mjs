// Drives a server with @ai-sdk/mcp, which wants a newer Node than the tests run on: the module's file, the URL, and what
// the names of tools and the URIs of resources begin with.
const [, , file, url, prefix = '', uriPrefix = ''] = process.argv;
const { createMCPClient, ElicitationRequestSchema } = await import(file);

const client = await createMCPClient({ transport: { type: 'http', url }, capabilities: { elicitation: {} } });
client.onElicitationRequest(ElicitationRequestSchema, async () => ({
  action: 'accept',
  content: { name: 'Carol' },
}));
const tools = await client.tools();
const options = { toolCallId: '1', messages: [] };
const added = await tools[`${prefix}add`].execute({ a: 4, b: 5 }, options);
const greeted = await tools[`${prefix}greet`].execute({}, options);
const read = await client.readResource({ uri: `${uriPrefix}test://note` });
console.log(
  JSON.stringify({
    tools: Object.keys(tools),
    sum: added.structuredContent,
    greeting: greeted.content[0].text,
    note: read.contents[0].text,
  }),
);
await client.close();
