import type { SchemaGraph } from './graph.ts';
import type { Validation } from './issues.ts';

/** Compiles a checked schema to a validator through code generation. */
export async function compileWithAjv(graph: SchemaGraph): Promise<(value: unknown) => Validation> {
  const { Ajv } = graph.dialect === '2020-12' ? await load2020() : await import('ajv');
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, logger: false });
  const check = ajv.compile(graph.root);
  return (value) => {
    if (check(value)) return { ok: true, value };
    const issues = (check.errors ?? []).map((error) => ({
      path: error.instancePath,
      message: error.message ?? 'does not match the schema',
    }));
    return { ok: false, issues };
  };
}

async function load2020() {
  return { Ajv: (await import('ajv/dist/2020.js')).Ajv2020 };
}
