import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileSchema } from './compile.ts';
import { mayAnswerLate } from './late.ts';

const down = async (): Promise<boolean> => {
  throw new Error('the database is down');
};
const SCHEMAS: readonly (readonly [string, z.core.$ZodType])[] = [
  ['a refinement', z.object({ a: z.string().refine(down) })],
  ['a refinement of the whole', z.object({ a: z.string() }).refine(down)],
  ['a super-refinement', z.object({ a: z.string() }).superRefine(async () => void (await down()))],
  ['a check', z.object({ a: z.string().check(async () => void (await down())) })],
  ['a transform', z.object({ a: z.string() }).transform(down)],
  ['a refinement within a list', z.object({ b: z.array(z.union([z.number(), z.string().refine(down)])) })],
  ['an optional part', z.object({ a: z.optional(z.string().refine(down)) })],
];

describe('a schema that asks something which fails', () => {
  it.each(SCHEMAS)('rejects, and leaves nothing unhandled: %s', async (_what, schema) => {
    const lost: unknown[] = [];
    const hear = (reason: unknown): unknown => lost.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const { validate } = await compileSchema(schema, { direction: 'input' });
      await expect(validate({ a: 'x', b: ['x'] })).rejects.toThrow('the database is down');
      await new Promise((resolve) => setImmediate(resolve));
      expect(lost).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });

  it('ends a process that asks zod itself, which is why it is asked otherwise', () => {
    const script = `
      import { z } from 'zod';
      const schema = z.string().refine(async () => { throw new Error('down'); });
      Promise.resolve(schema['~standard'].validate('x')).catch(() => undefined);
      setTimeout(() => console.log('alive'), 200);`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
    expect(run).toThrow(/down/);
  });
});

describe('a schema that answers late', () => {
  it('runs what is asynchronous once, and gives value or issues', async () => {
    let runs = 0;
    const schema = z.object({ a: z.number().default(1), b: z.string() }).refine(async ({ b }) => {
      runs += 1;
      return b !== 'taken';
    }, 'is taken');
    const { validate } = await compileSchema(schema, { direction: 'input' });
    expect(await validate({ b: 'free' })).toEqual({ ok: true, value: { a: 1, b: 'free' } });
    expect(await validate({ b: 'taken' })).toEqual({
      ok: false,
      issues: [{ path: '', message: 'is taken' }],
    });
    expect(await validate({ b: 7 })).toMatchObject({ ok: false, issues: [{ path: '/b' }] });
    expect(runs).toBe(2);
  });

  it('is known for it from then on, where its functions do not tell', async () => {
    let runs = 0;
    const schema = z.string().refine((text) => {
      runs += 1;
      return Promise.resolve(text !== 'no');
    });
    const { validate } = await compileSchema(schema, { direction: 'input' });
    await validate('yes');
    expect(runs).toBe(2);
    await validate('yes');
    expect(runs).toBe(3);
  });

  it('is none that answers at once', () => {
    const schema = z.object({ a: z.string().refine((text) => text !== ''), b: z.lazy(() => z.number()) });
    expect(mayAnswerLate(schema)).toBe(false);
    expect(mayAnswerLate({ f: async () => 1 })).toBe(true);
  });
});
