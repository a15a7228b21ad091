import type { RequestContext, Server } from '@switchyard/server';
import { inputRequired } from '@switchyard/server';
import { z } from 'zod';

/**
 * Tools that ask the caller for something before they can finish. Each handler runs again from the top on every
 * round, on whichever instance the round lands; answers that were given are there at once.
 */
export function addInputTools(server: Server): void {
  addElicitationTools(server);
  addOtherInputTools(server);
  addStateTools(server);
  addRoundTools(server);
}

const NAME = z.object({ name: z.string() });

/** Callers that know the question may answer it at once. */
const askName = (ctx: RequestContext) =>
  ctx.elicit(
    { message: 'What is your name?', requestedSchema: NAME },
    { key: 'user_name', volunteered: true },
  );

function addElicitationTools(server: Server): void {
  server.registerTool(
    'test_input_required_result_elicitation',
    { description: 'Asks for a name.' },
    async (ctx) => {
      const answer = await askName(ctx);
      return answer.action === 'accept' ? `Hello, ${answer.content.name}!` : 'Hello, whoever you are!';
    },
  );

  server.registerTool(
    'test_streaming_elicitation',
    { description: 'Reports progress, then asks whether to go on.' },
    async (ctx) => {
      ctx.progress(1, 2, 'About to ask');
      const requestedSchema = z.object({ goOn: z.boolean() });
      const answer = await ctx.elicit({ message: 'Go on?', requestedSchema });
      return answer.action === 'accept' && answer.content.goOn ? 'Went on.' : 'Stopped.';
    },
  );

  server.registerTool(
    'visit_page',
    {
      description: "Sends the user to a web page, out of the model's sight.",
      inputSchema: z.object({ url: z.url() }),
    },
    async ({ url }, ctx) => {
      const { action } = await ctx.elicitUrl({ message: 'Please finish on this page.', url });
      return `The user's answer: ${action}.`;
    },
  );
}

/** Sampling and roots are deprecated: here for clients that still offer them. */
function addOtherInputTools(server: Server): void {
  server.registerTool(
    'test_input_required_result_sampling',
    { description: "Asks the client's model." },
    async (ctx) => {
      const answer = await sampleText(ctx, {
        key: 'capital_question',
        text: 'What is the capital of France?',
        maxTokens: 100,
      });
      return `The model says: ${answer}`;
    },
  );

  server.registerTool(
    'test_input_required_result_list_roots',
    { description: "Asks for the client's roots." },
    async (ctx) => {
      const { roots } = await ctx.listRoots({ key: 'client_roots' });
      return `The client's roots: ${roots.map(({ uri }) => uri).join(', ')}`;
    },
  );

  server.registerTool(
    'test_input_required_result_multiple_inputs',
    { description: 'Asks for a name, a greeting and the roots, all at once.' },
    async (ctx) => {
      const [user, greeting, { roots }] = await Promise.all([
        askName(ctx),
        sampleText(ctx, { key: 'greeting', text: 'Write a short greeting.', maxTokens: 50 }),
        ctx.listRoots({ key: 'client_roots' }),
      ]);
      const name = user.action === 'accept' ? user.content.name : 'somebody';
      return `${greeting} (for ${name}, with ${roots.length} roots)`;
    },
  );

  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks in whatever way the client can be asked.' },
    async (ctx) => {
      if (ctx.clientCapabilities.elicitation !== undefined) return `Elicited: ${(await askName(ctx)).action}`;
      if (ctx.clientCapabilities.sampling === undefined) return 'The client cannot be asked.';
      return `Sampled: ${await sampleText(ctx, { key: 'question', text: 'Say hello.', maxTokens: 20 })}`;
    },
  );

  server.registerTool(
    'test_missing_capability',
    { description: 'Can be called only by clients that sample.', requires: { sampling: {} } },
    () => 'The client samples.',
  );
}

function addStateTools(server: Server): void {
  server.registerTool(
    'test_input_required_result_request_state',
    { description: 'Gives the caller a state to bring back with the answer, without `ctx.elicit`.' },
    ({ inputResponses, requestState }) => {
      if (inputResponses['confirm'] !== undefined) return `state-ok, since ${JSON.stringify(requestState)}`;
      return inputRequired({
        inputRequests: {
          confirm: {
            method: 'elicitation/create',
            params: {
              message: 'Please confirm.',
              requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
            },
          },
        },
        requestState: { asked: 'confirm' },
      });
    },
  );

  server.registerTool(
    'test_input_required_result_tampered_state',
    { description: 'Gives the caller a state that it cannot alter.' },
    async (ctx) => {
      const requestedSchema = z.object({ ok: z.boolean() });
      const { action } = await ctx.elicit({ message: 'Is it ok?', requestedSchema }, { key: 'confirm' });
      return `The answer: ${action}.`;
    },
  );
}

function addRoundTools(server: Server): void {
  server.registerTool(
    'test_input_required_result_multi_round',
    { description: 'Asks twice, one after the other.' },
    async (ctx) => {
      const user = await ctx.elicit(
        { message: 'Step 1: What is your name?', requestedSchema: NAME },
        { key: 'step1' },
      );
      if (user.action !== 'accept') return 'Nothing was said.';
      const requestedSchema = z.object({ color: z.string() });
      const liked = await ctx.elicit(
        { message: 'Step 2: What is your favorite color?', requestedSchema },
        { key: 'step2' },
      );
      return liked.action === 'accept'
        ? `${user.content.name} likes ${liked.content.color}.`
        : `${user.content.name} likes none.`;
    },
  );

  server.registerTool(
    'draw_ticket',
    { description: 'Draws a number once, and keeps it while the user makes up their mind.' },
    async (ctx) => {
      const number = await ctx.step('draw', () => Math.floor(Math.random() * 1_000_000));
      const requestedSchema = z.object({ keep: z.boolean().default(true) });
      const answer = await ctx.elicit({ message: `You drew ${number}. Keep it?`, requestedSchema });
      return answer.action === 'accept' && answer.content.keep
        ? `Ticket ${number} is yours.`
        : `Ticket ${number} is void.`;
    },
  );
}

interface Question {
  readonly key: string;
  readonly text: string;
  readonly maxTokens: number;
}

async function sampleText(ctx: RequestContext, { key, text, maxTokens }: Question): Promise<string> {
  const { content } = await ctx.sample(
    { messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens },
    { key },
  );
  const blocks = Array.isArray(content) ? content : [content];
  return blocks.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join(' ');
}
