import { compileSchema, formatIssues } from '@switchyard/schema';
import type { PromptArgument } from '@switchyard/wire';
import type { DeclaredPrompt } from '../define/declare-prompt.ts';
import { isStandard } from '../define/declare-prompt.ts';
import type { StandardArguments } from '../define/prompt.ts';
import type { CompiledPrompt, PromptCheck } from './definitions.ts';

/** Compiles what holds a prompt's arguments to their declaration. */
export async function compilePrompt({ definition, ...declared }: DeclaredPrompt): Promise<CompiledPrompt> {
  const { argsSchema } = definition;
  if (argsSchema !== undefined && isStandard(argsSchema))
    return { ...declared, args: await schemaCheck(argsSchema) };
  return { ...declared, args: namesCheck(declared.entry.arguments ?? []) };
}

async function schemaCheck(schema: StandardArguments): Promise<PromptCheck> {
  const { validate } = await compileSchema(schema, { direction: 'input' });
  return async (args) => {
    const done = await validate(args);
    return done.ok ? { ok: true, value: done.value } : { ok: false, why: formatIssues(done.issues) };
  };
}

function namesCheck(declared: readonly PromptArgument[]): PromptCheck {
  const names = new Set(declared.map(({ name }) => name));
  const required = declared.filter((argument) => argument.required === true).map(({ name }) => name);
  return (args) => {
    const missing = required.filter((name) => !Object.hasOwn(args, name));
    if (missing.length > 0) return { ok: false, why: `missing ${missing.join(', ')}` };
    const unknown = Object.keys(args).filter((name) => !names.has(name));
    if (unknown.length > 0)
      return { ok: false, why: `there is no argument ${unknown.slice(0, 3).join(', ')}` };
    return { ok: true, value: args };
  };
}
