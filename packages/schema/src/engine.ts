import type { SchemaBounds } from './bounds.ts';
import type { SchemaGraph } from './graph.ts';
import type { Validation } from './issues.ts';

/** Whose word a schema is: that of whoever runs this program, or of someone on the other side of a connection. */
export type Origin = 'own' | 'peer';

/**
 * Makes the validator of a checked schema. Validators are loaded on first use, none of them with the package.
 *
 * - A schema of our own runs as generated code (ajv) where the runtime allows that and ajv keeps to the specification, and by the
 *   evaluator where not.
 * - A schema of a peer never becomes code: the evaluator runs it, within a number of steps, its patterns in linear time.
 */
export async function createValidator(
  graph: SchemaGraph,
  { origin, bounds }: { origin: Origin; bounds: SchemaBounds },
): Promise<(value: unknown) => Validation> {
  if (origin === 'own' && canGenerateCode()) {
    const validate = await (await import('./ajv.ts')).compileWithAjv(graph);
    if (validate !== undefined) return validate;
  }
  const { createEvaluator } = await import('./evaluate/evaluator.ts');
  if (origin === 'own') return createEvaluator(graph).validate;
  const { linearMatchers } = await import('./evaluate/matcher.ts');
  return createEvaluator(graph, { maxSteps: bounds.maxSteps, matcher: await linearMatchers(graph) }).validate;
}

// ---------------------------------------------------------------------------------------------------------------------

function canGenerateCode(): boolean {
  try {
    // Workers and pages with a strict content security policy refuse this.
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
