import type { CompiledSchema } from '@switchyard/schema';
import { compileSchema, formatIssues } from '@switchyard/schema';
import { invalidParams, reject } from '@switchyard/wire';
import { HandlerContext } from '../context/handler-context.ts';
import type { Extension, ExtensionMethod } from '../define/extension.ts';
import type { Operation } from '../walk.ts';

/** The operations of an extension's methods. */
export function extensionOperations({ id, methods = {} }: Extension): Promise<Operation[]> {
  return Promise.all(
    Object.entries(methods).map(([method, definition]) => toOperation(id, method, definition)),
  );
}

async function toOperation(
  extension: string,
  method: string,
  { nameParam, params, handler }: ExtensionMethod,
): Promise<Operation> {
  const schema = params === undefined ? undefined : await compileSchema(params, { direction: 'input' });
  return {
    method,
    extension,
    ...(nameParam === undefined ? {} : { nameParam }),
    prepare(walk) {
      if (nameParam === undefined) return undefined;
      const name = walk.params[nameParam];
      if (typeof name !== 'string') return reject('InvalidParams', `params.${nameParam} must be a string.`);
      walk.name = name;
      return undefined;
    },
    async run(walk) {
      const { _meta, ...given } = walk.params;
      const result = await handler(await conforming(schema, given), new HandlerContext(walk));
      return { ...result, resultType: result.resultType ?? 'complete' };
    },
  };
}

async function conforming(
  schema: CompiledSchema | undefined,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (schema === undefined) return given;
  const checked = await schema.validate(given);
  if (!checked.ok) throw invalidParams(`Invalid params: ${formatIssues(checked.issues)}`);
  // A schema for params describes an object.
  return checked.value as Record<string, unknown>;
}
