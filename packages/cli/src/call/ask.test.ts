import { describe, expect, test } from 'vitest';
import type { Terminal } from '../terminal.ts';
import { answerAll } from './ask.ts';

const asker = { host: 'mcp.example', tool: 'order' };

/** A person who types these lines; `undefined` ends the input. */
function person(...typed: (string | undefined)[]): { terminal: Terminal; shown: string[] } {
  const shown: string[] = [];
  const terminal: Terminal = {
    env: {},
    interactive: true,
    live: true,
    shown: true,
    print: (text) => void shown.push(text),
    note: (text) => void shown.push(text),
    status: () => undefined,
    async ask(question) {
      if (typed.length === 0) throw new Error(`Nobody is left to answer: ${question}`);
      shown.push(question);
      return typed.shift();
    },
    paint: (_style, text) => text,
  };
  return { terminal, shown };
}

const form = (properties: object, required: string[] = []) => ({
  q: {
    method: 'elicitation/create',
    params: { message: 'Tell me.', requestedSchema: { type: 'object', properties, required } },
  },
});

describe('a form', () => {
  test('says who asks, and sends what was typed once it is confirmed', async () => {
    const { terminal, shown } = person('Ada', '36', 'y', '');
    const fields = {
      name: { type: 'string', description: 'Your name' },
      age: { type: 'integer' },
      member: { type: 'boolean' },
    };
    const answers = await answerAll(form(fields, ['name']), asker, person('Ada', '36', 'y', '').terminal);
    expect(answers).toEqual({ q: { action: 'accept', content: { name: 'Ada', age: 36, member: true } } });
    await answerAll(form(fields, ['name']), asker, terminal);
    expect(shown[0]).toBe('\nmcp.example asks (tool order): Tell me.');
    expect(shown).toContain('  Your name');
  });

  test('asks again for what does not fit', async () => {
    const { terminal, shown } = person('x', '17', '200', '42', '');
    const answers = await answerAll(
      form({ age: { type: 'integer', minimum: 18, maximum: 120 } }),
      asker,
      terminal,
    );
    expect(answers).toEqual({ q: { action: 'accept', content: { age: 42 } } });
    expect(shown).toEqual(
      expect.arrayContaining(['  That is not a number.', '  At least 18.', '  At most 120.']),
    );
  });

  test('offers defaults, and leaves out what is optional and skipped', async () => {
    const { terminal } = person('', '', '');
    const answers = await answerAll(
      form({ color: { type: 'string', default: 'red' }, note: { type: 'string' } }),
      asker,
      terminal,
    );
    expect(answers).toEqual({ q: { action: 'accept', content: { color: 'red' } } });
  });

  test('insists on what is required', async () => {
    const { terminal } = person('', 'Ada', '');
    const answers = await answerAll(form({ name: { type: 'string' } }, ['name']), asker, terminal);
    expect(answers).toEqual({ q: { action: 'accept', content: { name: 'Ada' } } });
  });

  test.each([
    [{ type: 'string', enum: ['S', 'M'] }, '2', 'M'],
    [{ type: 'string', oneOf: [{ const: '#f00', title: 'Red' }] }, 'Red', '#f00'],
    [{ type: 'string', enum: ['r', 'g'], enumNames: ['Red', 'Green'] }, 'Green', 'g'],
    [{ type: 'array', items: { type: 'string', enum: ['a', 'b', 'c'] } }, '1, 3', ['a', 'c']],
    [{ type: 'array', items: { anyOf: [{ const: 'x', title: 'X' }] }, minItems: 1 }, 'x', ['x']],
  ])('offers choices %#', async (schema, typed, expected) => {
    const { terminal } = person(typed, '');
    expect(await answerAll(form({ choice: schema }), asker, terminal)).toEqual({
      q: { action: 'accept', content: { choice: expected } },
    });
  });

  test('can be changed before it is sent', async () => {
    const { terminal } = person('Ada', 'e', 'Grace', 'y');
    expect(await answerAll(form({ name: { type: 'string' } }), asker, terminal)).toEqual({
      q: { action: 'accept', content: { name: 'Grace' } },
    });
  });

  test.each([
    ['declined', ['Ada', 'd'], 'decline'],
    ['cancelled', ['Ada', 'c'], 'cancel'],
    ['left at a field', [undefined], 'cancel'],
    ['left at the end', ['Ada', undefined], 'cancel'],
  ])('can be %s, and then sends no values', async (_how, typed, action) => {
    const { terminal } = person(...typed);
    expect(await answerAll(form({ name: { type: 'string' } }), asker, terminal)).toEqual({ q: { action } });
  });

  test('shows no control characters of the server', async () => {
    const { terminal, shown } = person('x', '');
    const request = {
      q: { method: 'elicitation/create', params: { message: 'a\u001b[2Jb', requestedSchema: {} } },
    };
    await answerAll(request, asker, terminal);
    expect(shown.join('\n')).not.toContain('\u001b');
  });
});

describe('a page to visit', () => {
  const visit = (url: unknown) => ({
    q: { method: 'elicitation/create', params: { mode: 'url', message: 'Pay.', url } },
  });

  test.each([
    ['d', 'accept'],
    ['n', 'decline'],
    ['', 'cancel'],
    [undefined, 'cancel'],
  ])('is shown with its host; %j means %s', async (typed, action) => {
    const { terminal, shown } = person(typed);
    expect(await answerAll(visit('https://pay.example/42'), asker, terminal)).toEqual({ q: { action } });
    expect(shown.join('\n')).toContain('pay.example: https://pay.example/42');
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'no url', 7])('is refused for %s', async (url) => {
    await expect(answerAll(visit(url), asker, person().terminal)).rejects.toThrow('no web page');
  });
});

test('several questions are answered under their keys', async () => {
  const { terminal } = person('1', '', '2', '');
  const requests = { ...form({ a: { type: 'integer' } }), r: form({ b: { type: 'integer' } }).q };
  expect(await answerAll(requests, asker, terminal)).toEqual({
    q: { action: 'accept', content: { a: 1 } },
    r: { action: 'accept', content: { b: 2 } },
  });
});

test('without a terminal the exit code is 2, and the question is told', async () => {
  const { terminal } = person();
  await expect(answerAll(form({}), asker, { ...terminal, interactive: false })).rejects.toMatchObject({
    exitCode: 2,
    message: 'The tool asks, and there is no terminal to answer on: Tell me.',
  });
});

test('what was never offered is not answered', async () => {
  const requests = { q: { method: 'sampling/createMessage', params: {} } };
  await expect(answerAll(requests, asker, person().terminal)).rejects.toThrow('sampling/createMessage');
});
