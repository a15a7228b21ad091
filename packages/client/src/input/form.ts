import type { ElicitResult } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { FormRequest } from './handlers.ts';

type Values = NonNullable<ElicitResult['content']>;

/** The values that a form's fields begin with. Spec: client/elicitation#requested-schema. */
export function defaultsOf(requestedSchema: FormRequest['requestedSchema']): Values {
  const defaults: [string, Values[string]][] = [];
  for (const [name, field] of Object.entries(requestedSchema.properties)) {
    if (field.default !== undefined) defaults.push([name, field.default]);
  }
  return Object.fromEntries(defaults);
}

/**
 * The answer to send: of an accepted form the values, defaults filled in, held to the schema; of anything else the action
 * alone. Throws `ClientError` `invalid-input` for values that do not fit, before the server sees them, `invalid-response` for a
 * schema that cannot be run safely.
 */
export async function completeForm(request: FormRequest, answer: ElicitResult): Promise<ElicitResult> {
  if (answer.action !== 'accept') return { action: actionOf(answer) };
  const content: Values = { ...request.defaults, ...answer.content };
  const { formatIssues, SchemaError, validateOnce } = await import('@switchyard/schema');
  const found = await validateOnce({ ...request.requestedSchema }, content).catch((cause: unknown) => {
    if (!(cause instanceof SchemaError)) throw cause;
    const message = `The server asks for a form whose schema cannot be used: ${cause.message}`;
    throw new ClientError('invalid-response', message, { cause, mayHaveRun: true });
  });
  if (found.ok) return { action: 'accept', content };
  const message = `The answer does not fit what the server asked for: ${formatIssues(found.issues)}.`;
  throw new ClientError('invalid-input', message, { data: found.issues });
}

/** The action of an answer. Throws `TypeError` for one that a handler has made up. */
export function actionOf({ action }: ElicitResult): ElicitResult['action'] {
  if (action === 'accept' || action === 'decline' || action === 'cancel') return action;
  throw new TypeError(`A handler must accept, decline or cancel, not ${JSON.stringify(action)}.`);
}
