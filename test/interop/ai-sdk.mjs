// Drives a server with @ai-sdk/mcp, which wants a newer Node than the tests run on: the module's file, then the URL.
const [, , file, url] = process.argv;
const { createMCPClient, ElicitationRequestSchema } = await import(file);

const client = await createMCPClient({ transport: { type: 'http', url }, capabilities: { elicitation: {} } });
client.onElicitationRequest(ElicitationRequestSchema, async () => ({
  action: 'accept',
  content: { name: 'Carol' },
}));
const tools = await client.tools();
const options = { toolCallId: '1', messages: [] };
const added = await tools.add.execute({ a: 4, b: 5 }, options);
const greeted = await tools.greet.execute({}, options);
const read = await client.readResource({ uri: 'test://note' });
console.log(
  JSON.stringify({
    tools: Object.keys(tools),
    sum: added.structuredContent,
    greeting: greeted.content[0].text,
    note: read.contents[0].text,
  }),
);
await client.close();
