// The work that every server under test does, in one place so that all do the same: with TOOLS=1 the tool `add` and a
// resource of 10 KB, with TOOLS=100 ninety-nine tools more. Handlers return plain values and wait for nothing.

export const PORT = Number(process.env.PORT ?? 3900);
export const HOST = '127.0.0.1';
export const INFO = { name: 'bench', version: '1.0.0' };
export const URI = 'bench://ten-kilobytes';

const LINES = Array.from({ length: 160 }, (_, i) =>
  `line ${String(i).padStart(3, '0')} `.padEnd(63, 'abcdefghij'),
);

/** The resource's text: 10240 characters. */
export const TEXT = `${LINES.join('\n')}\n`;

/** The tools with their zod schemas, built once, as every library recommends. */
export function tools(z) {
  const count = Number(process.env.TOOLS ?? 1);
  return [add(z), ...Array.from({ length: count - 1 }, (_, i) => search(z, String(i + 1).padStart(3, '0')))];
}

function add(z) {
  return {
    name: 'add',
    title: 'Add',
    description: 'Adds two numbers and returns the sum.',
    input: z.object({ a: z.number().describe('first addend'), b: z.number().describe('second addend') }),
    output: z.object({ sum: z.number() }),
    run: ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
      structuredContent: { sum: a + b },
    }),
  };
}

function search(z, number) {
  return {
    name: `search_${number}`,
    title: `Search ${number}`,
    description: `Searches collection ${number} for documents that match a query, with an optional limit, mode and set of tags.`,
    input: z.object({
      query: z.string().min(1).max(200).describe('what to look for'),
      limit: z.number().int().min(1).max(100).optional().describe('how many to return'),
      mode: z.enum(['exact', 'prefix', 'fuzzy']).optional().describe('how to match'),
      tags: z.array(z.string()).optional().describe('only documents with all of these tags'),
    }),
    output: z.object({ hits: z.array(z.object({ id: z.string(), score: z.number() })) }),
    run: ({ query }) => ({
      content: [{ type: 'text', text: query }],
      structuredContent: { hits: [{ id: number, score: 1 }] },
    }),
  };
}
