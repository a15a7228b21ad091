import type { CallToolResult, Result } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { ToolBook } from './tool-book.ts';

/** Holds results to the `outputSchema` of their tools. */
export interface OutputChecker {
  /** Throws `ClientError` `invalid-response` for a result that does not conform. Spec: server/tools#output-schema. */
  check(name: string, result: Result): void | Promise<void>;
}

type Validate = (value: unknown) => Promise<string | undefined>;

/**
 * Builds the check. The schema is the server's word: it is run without generating code, and one that cannot be run safely is
 * told of once and left aside. The engine is loaded with the first result to be checked.
 */
export function outputChecker(book: ToolBook, warn: (message: string) => void): OutputChecker {
  const compiled = new WeakMap<object, Promise<Validate>>();
  const check = async (name: string, schema: object, value: unknown): Promise<void> => {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = compile(name, schema, warn);
      compiled.set(schema, validate);
    }
    const fault = await (await validate)(value);
    if (fault === undefined) return;
    throw invalid(
      `The structuredContent of the tool ${JSON.stringify(name)} does not fit its outputSchema: ${fault}.`,
    );
  };
  return {
    check(name, result) {
      const schema = book.get(name)?.tool.outputSchema;
      const { structuredContent, isError } = result as CallToolResult; // what tools answer with, checked before
      if (schema === undefined || isError === true) return undefined;
      if (structuredContent !== undefined) return check(name, schema, structuredContent);
      throw invalid(
        `The tool ${JSON.stringify(name)} has an outputSchema, but its result no structuredContent.`,
      );
    },
  };
}

async function compile(name: string, schema: object, warn: (message: string) => void): Promise<Validate> {
  const { compileSchema, formatIssues, SchemaError } = await import('@switchyard/schema');
  try {
    const { validate } = await compileSchema({ ...schema }, { direction: 'output', origin: 'peer' });
    return async (value) => {
      const found = await validate(value);
      return found.ok ? undefined : formatIssues(found.issues);
    };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    warn(`The outputSchema of the tool ${JSON.stringify(name)} cannot be used: ${error.message}`);
    return async () => undefined;
  }
}

function invalid(message: string): ClientError {
  return new ClientError('invalid-response', message, { mayHaveRun: true });
}
