import type { SchemaInput, StandardSchemaV1 } from '@switchyard/schema';
import { formatIssues, toJsonSchema, validateOnce } from '@switchyard/schema';
import type { ElicitResult } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import type { Elicited, ElicitForm, FormContent } from './elicit.ts';

/** Holds an answer to its form; throws a -32602 `ProtocolError` naming the field that does not fit. */
export async function readForm<S extends SchemaInput>(
  form: ElicitForm<S>,
  answer: ElicitResult,
): Promise<Elicited<S>> {
  if (answer.action !== 'accept') return { action: answer.action };
  const schema = form.requestedSchema;
  const content = answer.content ?? {};
  const standard = isStandard(schema) ? await schema['~standard'].validate(content) : undefined;
  if (standard === undefined) {
    const checked = await validateOnce(toJsonSchema(schema, 'input'), content);
    if (!checked.ok)
      throw invalidParams(`The form was not filled in as asked: ${formatIssues(checked.issues)}`);
    return { action: 'accept', content: checked.value as FormContent<S> }; // validated against S just above
  }
  if (standard.issues !== undefined) {
    const issues = standard.issues.map(({ message, path = [] }) => ({
      message,
      path: path.map(segment).join(''),
    }));
    throw invalidParams(`The form was not filled in as asked: ${formatIssues(issues)}`);
  }
  return { action: 'accept', content: standard.value as FormContent<S> }; // S's own validator made it
}

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  `/${String(typeof part === 'object' ? part.key : part)}`;

/** A schema that validates by itself; all others are held to their JSON Schema. */
function isStandard(schema: SchemaInput): schema is StandardSchemaV1 {
  const standard: unknown = Reflect.get(schema, '~standard');
  return typeof standard === 'object' && standard !== null && 'validate' in standard;
}
