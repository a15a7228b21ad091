import type { ClientOptions } from '@switchyard/client';
import { createClient } from '@switchyard/client';
import { FakeClock, type Script, scripted } from '../scripted.ts';

export type Handlers = NonNullable<ClientOptions['handlers']>;

export const DONE = { content: [{ type: 'text', text: 'done' }] };
export const SAMPLED = { role: 'assistant', content: { type: 'text', text: 'hi' }, model: 'm' } as const;

export function setUp(
  script: Script,
  handlers: Handlers = {},
  options: Omit<ClientOptions, 'link' | 'handlers'> = {},
) {
  const { link, received } = scripted(script);
  const client = createClient({ link, handlers, environment: new FakeClock(), ...options });
  return { client, received };
}

/** Asks until there are answers. */
export function asking(inputRequests: object, more: object = {}): Script {
  return ({ params }) =>
    'inputResponses' in params ? DONE : { resultType: 'input_required', inputRequests, ...more };
}

export const form = (properties: object, more: object = {}) => ({
  method: 'elicitation/create',
  params: { message: 'Who?', requestedSchema: { type: 'object', properties, ...more } },
});
export const page = (url: string) => ({
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Go', url },
});
export const sampling = (more: object = {}) => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 7, ...more },
});
export const ROOTS = { method: 'roots/list' };
export const decline = () => ({ action: 'decline' as const });
