import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileWithAjv } from './ajv.ts';
import { DEFAULT_BOUNDS } from './bounds.ts';
import { analyse } from './check.ts';
import { SchemaError } from './errors.ts';
import { createEvaluator } from './evaluate/evaluator.ts';
import { linearMatchers } from './evaluate/matcher.ts';
import type { SchemaGraph } from './graph.ts';
import { compileSchema, type JsonSchema } from './index.ts';
import type { Validation } from './issues.ts';

interface Group {
  readonly file: string;
  readonly description: string;
  readonly schema: JsonSchema | boolean;
  readonly tests: readonly { description: string; data: unknown; valid: boolean }[];
}

/** The groups that are refused as schemas, by code. Everything else of the suite must pass. */
const REFUSED: Readonly<Record<string, (group: Group) => boolean>> = {
  // They refer to documents that the suite serves over HTTP, or to the meta-schema.
  'external-ref': ({ schema }) => /"\$ref":"(https?:|[\w/-]+\.json)/.test(JSON.stringify(schema)),
  'unsupported-dialect': ({ file }) => file === 'vocabulary.json',
  'invalid-schema': ({ schema }) => JSON.stringify(schema).includes('__proto__'),
};

describe.each([
  ['draft2020-12', undefined, 25],
  ['draft7', 'http://json-schema.org/draft-07/schema#', 14],
])('JSON Schema Test Suite, %s', (name, dialect, refusals) => {
  const groups = load(name).map((group) => withDialect(group, dialect));

  it('is refused only where it leaves the document, its dialect, or safe names', () => {
    const unexpected: string[] = [];
    let refused = 0;
    for (const group of groups) {
      const error = refusalOf(group);
      if (error === undefined) continue;
      refused += 1;
      if (!REFUSED[error.code]?.(group))
        unexpected.push(`${group.file}: ${group.description}: ${error.message}`);
    }
    expect(unexpected).toEqual([]);
    expect(refused).toBe(refusals);
  });

  it('passes through the evaluator', async () => {
    expect(await failures(groups, (graph) => createEvaluator(graph).validate)).toEqual([]);
  });

  it('passes through the evaluator with patterns in linear time', async () => {
    const validator = async (graph: SchemaGraph) =>
      createEvaluator(graph, { maxSteps: 1_000_000, matcher: await linearMatchers(graph) }).validate;
    expect(await failures(groups, validator)).toEqual([]);
  });

  it('passes through generated code wherever that is used', async () => {
    let generated = 0;
    const validator = async (graph: SchemaGraph) => {
      const validate = await compileWithAjv(graph);
      if (validate !== undefined) generated += 1;
      return validate ?? (() => undefined);
    };
    expect(await failures(groups, validator)).toEqual([]);
    expect(generated).toBeGreaterThan(groups.length / 2);
  });

  it('has every refusal of a value explained', () => {
    const unexplained: string[] = [];
    for (const group of groups.filter((candidate) => refusalOf(candidate) === undefined)) {
      const evaluator = createEvaluator(graphOf(group));
      for (const test of group.tests.filter(({ valid }) => !valid)) {
        const verdict = evaluator.examine(test.data);
        if (verdict.ok || verdict.issues.length === 0)
          unexplained.push(`${group.description}: ${test.description}`);
      }
    }
    expect(unexplained).toEqual([]);
  });

  it('passes through the public surface', async () => {
    const wrong: string[] = [];
    for (const group of groups.filter((candidate) => refusalOf(candidate) === undefined)) {
      if (typeof group.schema === 'boolean') continue;
      const { validate } = await compileSchema(group.schema, { direction: 'input' });
      for (const test of group.tests) {
        if ((await validate(test.data)).ok !== test.valid)
          wrong.push(`${group.description}: ${test.description}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

function load(name: string): readonly Group[] {
  const path = new URL(`../test-data/generated/json-schema-test-suite-${name}.json`, import.meta.url);
  const groups: readonly Group[] = JSON.parse(readFileSync(path, 'utf8'));
  return groups.filter(({ schema }) => typeof schema !== 'boolean');
}

function withDialect(group: Group, dialect: string | undefined): Group {
  if (dialect === undefined || typeof group.schema === 'boolean' || group.schema['$schema'] !== undefined)
    return group;
  return { ...group, schema: { $schema: dialect, ...group.schema } };
}

function graphOf({ schema }: Group): SchemaGraph {
  if (typeof schema === 'boolean') throw new Error('Boolean schemas are left out');
  return analyse(schema, DEFAULT_BOUNDS);
}

function refusalOf(group: Group): SchemaError | undefined {
  try {
    graphOf(group);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
}

type Validator = (value: unknown) => Validation | undefined;

async function failures(
  groups: readonly Group[],
  compile: (graph: SchemaGraph) => Validator | Promise<Validator>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const group of groups.filter((candidate) => refusalOf(candidate) === undefined)) {
    const validate = await compile(graphOf(group));
    for (const test of group.tests) {
      const verdict = validate(test.data)?.ok ?? test.valid;
      if (verdict !== test.valid) wrong.push(`${group.file}: ${group.description}: ${test.description}`);
    }
  }
  return wrong;
}
