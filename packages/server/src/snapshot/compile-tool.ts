import type { CompiledSchema, SchemaInput } from '@switchyard/schema';
import { compileSchema, validateOnce } from '@switchyard/schema';
import type { DeclaredTool } from '../define/declare-tool.ts';
import { NO_ARGUMENTS } from '../define/declare-tool.ts';
import type { CompiledTool } from './definitions.ts';

/** Compiles the validators of a declared tool. */
export async function compileTool({
  name,
  entry,
  bindings,
  definition,
  call,
}: DeclaredTool): Promise<CompiledTool> {
  const { inputSchema, outputSchema, visible, requires, extensions } = definition;
  const input = inputSchema === undefined ? noArguments : await compiled(inputSchema, 'input', name);
  const output = outputSchema === undefined ? undefined : await compiled(outputSchema, 'output', name);
  return { name, entry, visible, requires, extensions, input, output, bindings, call };
}

/** Holds a call to having no arguments without an engine, which is loaded only to say what is wrong. */
const noArguments: CompiledSchema = {
  json: NO_ARGUMENTS,
  validate: (value) =>
    Object.keys(Object(value)).length === 0 ? { ok: true, value } : validateOnce(NO_ARGUMENTS, value),
};

async function compiled(
  schema: SchemaInput,
  direction: 'input' | 'output',
  name: string,
): Promise<CompiledSchema> {
  try {
    return await compileSchema(schema, { direction });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TypeError(`The ${direction} schema of tool '${name}' cannot be compiled: ${message}`, {
      cause: error,
    });
  }
}
