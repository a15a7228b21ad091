import { createEvaluator, type Evaluator } from './evaluate/evaluator.ts';
import { FORMATS } from './evaluate/formats.ts';
import type { SchemaGraph } from './graph.ts';
import type { Validation } from './issues.ts';
import type { JsonSchema } from './json-schema.ts';
import { toRegExp } from './pattern.ts';

/**
 * Compiles a checked schema to a validator through code generation. The generated code accepts; whatever it
 * does not accept the evaluator examines, so that messages are the same on every runtime and their number is bounded.
 * Gives `undefined` for the few schemas with which ajv does not do what JSON Schema says.
 */
export async function compileWithAjv(
  graph: SchemaGraph,
): Promise<((value: unknown) => Validation) | undefined> {
  if (departsFromSpecification(graph)) return undefined;
  const Ajv =
    graph.dialect === '2020-12' ? (await import('ajv/dist/2020.js')).Ajv2020 : (await import('ajv')).Ajv;
  const ajv = new Ajv({
    strict: false,
    // The schema has been checked already, and meta-schemas take longer to compile than most schemas.
    meta: false,
    validateSchema: false,
    logger: false,
    ownProperties: namesInherited(graph),
    formats: Object.fromEntries(FORMATS),
    code: { regExp: Object.assign(compilePattern, { code: 'new RegExp' }) },
  });
  const check = compileOrNone(() => ajv.compile(graph.root));
  if (check === undefined) return undefined;
  let evaluator: Evaluator | undefined;
  return (value) => {
    if (accepts(check, value)) return { ok: true, value };
    evaluator ??= createEvaluator(graph);
    return evaluator.examine(value);
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function compileOrNone<T>(compile: () => T): T | undefined {
  try {
    return compile();
  } catch {
    // The schema has been found valid: what ajv still objects to is a matter of ajv, and the evaluator runs it.
    return undefined;
  }
}

function accepts(check: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return check(value);
  } catch {
    // The generated code runs out of stack on values nested very deeply, and trips over ones with a member "valueOf".
    return false;
  }
}

/**
 * Ajv takes `$dynamicRef` for a near relation of `$ref`, loses track of `contains` in `unevaluatedItems` and of `if` in
 * `unevaluatedProperties`, accepts an empty array for `contains` beside a tuple, does not miss a required property
 * without a name, runs out of stack where an embedded `$id` is referred to by pointer, and in draft-07 reads what stands
 * beside a `$ref`. It compares objects by their `constructor` and `valueOf`, which a value may have as members, and the
 * items of an array each with each.
 */
function departsFromSpecification(graph: SchemaGraph): boolean {
  return [...graph.nodes.values()].some(({ schema, dynamicRef, ref, resource, path }) => {
    const isTuple = schema['prefixItems'] !== undefined || Array.isArray(schema['items']);
    if ((isTuple && schema['contains'] !== undefined) || requiredNames(schema).includes('')) return true;
    if (comparesObjects(schema)) return true;
    if (graph.dialect === 'draft-07') return ref !== undefined && Object.keys(schema).length > 1;
    if (dynamicRef !== undefined || (resource.root === schema && path !== '')) return true;
    return schema['unevaluatedItems'] !== undefined || schema['unevaluatedProperties'] !== undefined;
  });
}

function comparesObjects(schema: JsonSchema): boolean {
  const values = [schema['const'], schema['enum']].flat();
  if (values.some((value) => typeof value === 'object' && value !== null)) return true;
  const itemType: unknown = Object(schema['items'])['type'];
  return (
    schema['uniqueItems'] === true &&
    !['string', 'number', 'integer', 'boolean', 'null'].some((type) => type === itemType)
  );
}

function compilePattern(pattern: string): RegExp {
  const expression = toRegExp(pattern);
  if (expression === undefined) throw new TypeError('The pattern is not a regular expression');
  return expression;
}

/** Whether a schema names a property that every object inherits, such as `constructor`: telling them apart costs time. */
function namesInherited(graph: SchemaGraph): boolean {
  return [...graph.nodes.values()].some(({ schema }) => {
    const keyed = ['properties', 'dependentRequired', 'dependentSchemas', 'dependencies'].flatMap((keyword) =>
      Object.keys(Object(schema[keyword])),
    );
    return [...keyed, ...requiredNames(schema)].some((name) => name in Object.prototype);
  });
}

/** The names that a schema may require of a value, on one condition or another. */
function requiredNames(schema: JsonSchema): readonly string[] {
  const conditional = ['dependentRequired', 'dependencies'].flatMap((keyword) =>
    Object.values(Object(schema[keyword])),
  );
  return [schema['required'], ...conditional].flat().filter((name) => typeof name === 'string');
}
