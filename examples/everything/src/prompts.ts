import type { Server } from '@switchyard/server';
import { z } from 'zod';
import { RED_PIXEL_PNG } from './samples.ts';

/** Prompts with and without arguments, with other content than text, and one that asks before it answers. */
export function addPrompts(server: Server): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments.' }, () => {
    return 'This is a simple prompt for testing.';
  });

  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'A prompt with two arguments, which can be completed.',
      argsSchema: {
        arg1: { description: 'First test argument', required: true },
        arg2: { description: 'Second test argument', required: true },
      },
      complete: {
        arg1: (value) => WORDS.filter((word) => word.startsWith(value)),
        arg2: (value, { arg1 = '' }) => WORDS.filter((word) => word !== arg1 && word.startsWith(value)),
      },
    },
    ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  );

  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    {
      description: 'A prompt that carries a resource.',
      argsSchema: { resourceUri: { description: 'URI of the resource to embed', required: true } },
    },
    ({ resourceUri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        { role: 'user', content: { type: 'text', text: 'Please process the embedded resource above.' } },
      ],
    }),
  );

  server.registerPrompt('test_prompt_with_image', { description: 'A prompt that carries an image.' }, () => ({
    messages: [
      { role: 'user', content: { type: 'image', data: RED_PIXEL_PNG, mimeType: 'image/png' } },
      { role: 'user', content: { type: 'text', text: 'Please analyze the image above.' } },
    ],
  }));

  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'A prompt that asks what it is for.' },
    async (ctx) => {
      const requestedSchema = z.object({ context: z.string() });
      const answer = await ctx.elicit(
        { message: 'What context should the prompt use?', requestedSchema },
        { key: 'user_context' },
      );
      return answer.action === 'accept' ? `Use this context: ${answer.content.context}` : 'Use no context.';
    },
  );
}

const WORDS = ['paris', 'park', 'party', 'river', 'road'];
