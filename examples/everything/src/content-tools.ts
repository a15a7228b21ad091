import type { Server } from '@switchyard/server';
import { ToolError } from '@switchyard/server';
import { RED_PIXEL_PNG, SILENCE_WAV } from './samples.ts';

/** Tools that return each kind of content, and an error. */
export function addContentTools(server: Server): void {
  server.registerTool('test_simple_text', { description: 'Returns a text.' }, () => {
    return 'This is a simple text response for testing.';
  });

  server.registerTool('test_image_content', { description: 'Returns an image.' }, () => ({
    content: [{ type: 'image', data: RED_PIXEL_PNG, mimeType: 'image/png' }],
  }));

  server.registerTool('test_audio_content', { description: 'Returns a sound.' }, () => ({
    content: [{ type: 'audio', data: SILENCE_WAV, mimeType: 'audio/wav' }],
  }));

  server.registerTool(
    'test_embedded_resource',
    { description: 'Returns a resource with its content.' },
    () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  );

  server.registerTool('test_resource_link', { description: 'Returns a link to a resource.' }, () => ({
    content: [
      { type: 'resource_link', uri: 'test://static-text', name: 'static-text', mimeType: 'text/plain' },
    ],
  }));

  server.registerTool(
    'test_multiple_content_types',
    { description: 'Returns several kinds of content.' },
    () => ({
      content: [
        {
          type: 'text',
          text: 'Multiple content types test:',
          annotations: { audience: ['user'], priority: 1 },
        },
        { type: 'image', data: RED_PIXEL_PNG, mimeType: 'image/png' },
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: JSON.stringify({ test: 'data', value: 123 }),
          },
        },
      ],
    }),
  );

  server.registerTool(
    'test_error_handling',
    { description: 'Always fails, in words meant for the model.' },
    () => {
      throw new ToolError('This tool intentionally returns an error for testing');
    },
  );
}
