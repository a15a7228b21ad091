import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { readDocument } from './document.ts';
import { parseConfig, parseConfigInSlices } from './parse.ts';
import { ConfigError } from './problem.ts';
import { inTurn, type SliceOptions } from './steps.ts';

/** What came of it, to be compared: a result, or the problems of the error. */
async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof ConfigError) return { message: error.message, problems: error.problems };
    throw error;
  }
}

/** A pause after every step, and how many there were. */
function everyStep() {
  let time = 0;
  let pauses = 0;
  const slices: SliceOptions = {
    sliceMs: 1,
    now: () => ++time,
    pause: async () => {
      pauses += 1;
    },
  };
  return { slices, pauses: () => pauses };
}

const SERVER = fc.oneof(
  { weight: 8, arbitrary: fc.webUrl().map((url) => `{ replicas: [${JSON.stringify(url)}] }`) },
  fc.constantFrom('{ replicas: [] }', '{ replica: [http://h/] }', '{ replicas: [http://h/', '*nowhere', '1'),
  fc.constantFrom(
    '{ replicas: [http://h/], retries: 1, retries: 2 }',
    '{ replicas: [http://h/], path: /mcp }',
  ),
);
const TEXT = fc
  .array(fc.tuple(fc.stringMatching(/^[a-c]{1,2}$/), SERVER), { maxLength: 12 })
  .map((servers) => `servers:\n${servers.map(([name, server]) => `  ${name}: ${server}\n`).join('')}`);
/** With a piece of it gone, or something else in its place. */
const BROKEN = fc
  .tuple(
    TEXT,
    fc.nat(),
    fc.nat({ max: 4 }),
    fc.constantFrom('', ':', '\n', '- ', '}', '"', '&a ', '\n---\n', '#'),
  )
  .map(([text, at, length, put]) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + put + text.slice(from + length);
  });

describe('a configuration that is read in slices', () => {
  it('comes to the same plan, or the same problems, as one that is read at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(TEXT, BROKEN), async (text) => {
        const { slices } = everyStep();
        const file = 'gateway.yaml';
        expect(await outcome(() => parseConfigInSlices(text, { file }, slices))).toEqual(
          await outcome(() => parseConfig(text, { file })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('lets others go first: after each slice, and before its result is used', async () => {
    const servers = Array.from({ length: 500 }, (_, i) => `  s${i}: { replicas: [http://h/${i}] }\n`).join(
      '',
    );
    const { slices, pauses } = everyStep();
    await parseConfigInSlices(`servers:\n${servers}`, {}, slices);
    // Each server is some steps of its own: tokens, and its part of the plan.
    expect(pauses()).toBeGreaterThan(500);
    let turns = 0;
    let reading = true;
    const turn = () => {
      turns += 1;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    await parseConfigInSlices(`servers:\n${servers}`);
    reading = false;
    expect(turns).toBeGreaterThan(2);
  });
});

/**
 * In order, one fault of syntax for each place. In a text that breaks YAML's rules, where a repeated key begins is anybody's
 * guess: only that it repeats.
 */
function comparable(problems: string[]): string[] {
  const syntax = problems.filter((problem) => problem.endsWith(' syntax'));
  const others = problems.filter((problem) => !problem.endsWith(' syntax'));
  const broken = syntax.length > 0;
  const told = others.map((problem) => (broken && problem.endsWith(' twice') ? 'twice' : problem));
  return [...new Set(syntax), ...told].sort();
}

describe('a document', () => {
  it('is what the YAML library makes of the text, in one go and with keys compared by itself', () => {
    fc.assert(
      fc.property(fc.oneof(TEXT, BROKEN), (text) => {
        const lineCounter = new LineCounter();
        const theirs = parseDocument(text, { lineCounter, prettyErrors: false, version: '1.2' });
        const places = theirs.errors.map(({ code, pos }) => {
          const { line, col } = lineCounter.linePos(pos[0]);
          return `${line}:${col} ${code === 'MULTIPLE_DOCS' ? '' : code === 'DUPLICATE_KEY' ? 'twice' : 'syntax'}`;
        });
        try {
          expect(readDocument(text, undefined).value).toEqual(theirs.toJS());
          expect(places).toEqual([]);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          const [aliases, others] = [true, false].map((alias) =>
            error.problems.filter(({ message }) => message.includes('this alias') === alias),
          );
          const ours = others?.map(({ line, column, message }) => {
            const kind = message.includes('not several')
              ? ''
              : message.includes('unique')
                ? 'twice'
                : 'syntax';
            return `${line}:${column} ${kind}`;
          });
          expect(comparable(ours ?? [])).toEqual(comparable(places));
          if (aliases?.length !== 0) expect(() => theirs.toJS()).toThrow('Unresolved alias');
        }
      }),
      {
        numRuns: 300,
        examples: [['servers:\n  b: { replicas: ["http://h/"- \n  b: { replicas: ["http://h/"] }\n']],
      },
    );
  });
});

describe('work in turn', () => {
  it('begins when what was begun before is done, and fails alone', async () => {
    const seen: string[] = [];
    const finish: (() => void)[] = [];
    let runs = 0;
    const work = inTurn(async () => {
      const run = ++runs;
      seen.push(`begin ${run}`);
      await new Promise<void>((resolve) => finish.push(resolve));
      seen.push(`end ${run}`);
      if (run === 1) throw new Error('first');
    });
    const first = work();
    const second = work();
    await Promise.resolve();
    expect(seen).toEqual(['begin 1']);
    finish[0]?.();
    await expect(first).rejects.toThrow('first');
    await Promise.resolve();
    finish[1]?.();
    await second;
    expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });
});
