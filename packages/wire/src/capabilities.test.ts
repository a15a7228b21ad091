import { describe, expect, it } from 'vitest';
import {
  type ClientCapabilities,
  type InputRequest,
  missingCapabilities,
  requiredFor,
  requiredForAll,
} from './index.ts';

describe('missingCapabilities', () => {
  const cases: [ClientCapabilities, ClientCapabilities, ClientCapabilities | undefined][] = [
    [{}, {}, undefined],
    [{ roots: {} }, {}, { roots: {} }],
    [{ roots: {} }, { roots: {} }, undefined],
    [{ elicitation: {} }, {}, { elicitation: {} }],
    [{ elicitation: {} }, { elicitation: {} }, undefined],
    [{ elicitation: { form: {} } }, { elicitation: {} }, undefined],
    [{ elicitation: {} }, { elicitation: { form: {} } }, undefined],
    [{ elicitation: { url: {} } }, { elicitation: {} }, { elicitation: { url: {} } }],
    [{ elicitation: { form: {} } }, { elicitation: { url: {} } }, { elicitation: { form: {} } }],
    [{ elicitation: {} }, { elicitation: { url: {} } }, { elicitation: {} }],
    [{ elicitation: { form: {}, url: {} } }, { elicitation: { form: {} } }, { elicitation: { url: {} } }],
    [{ sampling: {} }, { sampling: { tools: {} } }, undefined],
    [{ sampling: { tools: {} } }, { sampling: {} }, { sampling: { tools: {} } }],
    [{ sampling: { tools: {} } }, {}, { sampling: { tools: {} } }],
    [{ extensions: { 'a/b': { x: 1 } } }, { extensions: { 'a/b': {} } }, undefined],
    [
      { extensions: { 'a/b': {}, 'a/c': { x: 1 } } },
      { extensions: { 'a/b': {} } },
      { extensions: { 'a/c': { x: 1 } } },
    ],
    [{ extensions: { constructor: {} } }, { extensions: {} }, { extensions: { constructor: {} } }],
    [{ experimental: { x: {} } }, { experimental: {} }, { experimental: { x: {} } }],
  ];

  it.each(cases)('of %j, declaring %j, lacks %j', (required, declared, missing) => {
    expect(missingCapabilities(required, declared)).toEqual(missing);
  });
});

describe('requiredFor', () => {
  const schema = { type: 'object' as const, properties: {} };
  const messages = { messages: [], maxTokens: 1 };
  const cases: [InputRequest, ClientCapabilities][] = [
    [
      { method: 'elicitation/create', params: { message: 'm', requestedSchema: schema } },
      { elicitation: { form: {} } },
    ],
    [
      { method: 'elicitation/create', params: { mode: 'url', message: 'm', url: 'https://x' } },
      { elicitation: { url: {} } },
    ],
    [{ method: 'sampling/createMessage', params: messages }, { sampling: {} }],
    [{ method: 'sampling/createMessage', params: { ...messages, includeContext: 'none' } }, { sampling: {} }],
    [
      { method: 'sampling/createMessage', params: { ...messages, toolChoice: {} } },
      { sampling: { tools: {} } },
    ],
    [
      { method: 'sampling/createMessage', params: { ...messages, includeContext: 'allServers' } },
      { sampling: { context: {} } },
    ],
    [{ method: 'roots/list' }, { roots: {} }],
  ];

  it.each(cases)('%j needs %j', (request, required) => {
    expect(requiredFor(request)).toEqual(required);
  });

  it('joins what several requests need', () => {
    const requests = Object.fromEntries(cases.map(([request], index) => [`r${index}`, request]));
    expect(requiredForAll(requests)).toEqual({
      elicitation: { form: {}, url: {} },
      sampling: { tools: {}, context: {} },
      roots: {},
    });
    expect(requiredForAll({})).toEqual({});
  });
});
