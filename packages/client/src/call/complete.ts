import type { Result } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { Extensions, ResultContext } from '../extension.ts';
import type { Params } from '../link.ts';
import type { CallOptions } from './call-options.ts';
import { checkComplete, typeOf } from './result.ts';

/** A request, and what it was answered with. */
export interface Answered {
  readonly method: string;
  readonly params: Params;
  readonly options: CallOptions | undefined;
  readonly result: Result;
  /** The `resultType` that is given back as it is. */
  readonly until?: string | undefined;
}

/** What brings an answer to its end. */
export interface Completion {
  readonly extensions: Extensions;
  /** Answers what the server asks for, and sends the call again until something else comes back. */
  readonly answerRounds: (answered: Answered) => Promise<Result>;
  readonly request: ResultContext['request'];
}

/** How many results of extensions may follow one another. */
const MAX_TURNS = 16;

/**
 * The complete result of a request: input rounds are answered, results of an extension's types are handed to it. Throws
 * `ClientError` `invalid-response` for a type that nobody knows. Spec: basic/index#resulttype.
 */
export async function complete(answered: Answered, completion: Completion): Promise<Result> {
  let { result } = answered;
  const { method, params, options } = answered;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const type = typeOf(result);
    if (type === 'complete') {
      checkComplete(method, result);
      return result;
    }
    if (type === answered.until) return result;
    const handler = completion.extensions.resultTypes.get(type);
    if (type === 'input_required') result = await completion.answerRounds({ ...answered, result });
    else if (handler !== undefined)
      result = await handler(result, { method, params, options, request: completion.request });
    else {
      throw new ClientError(
        'invalid-response',
        `The result is of the unknown type ${JSON.stringify(type)}.`,
        {
          mayHaveRun: true,
          data: { resultType: type },
        },
      );
    }
  }
  throw new ClientError('invalid-response', 'The results of extensions never come to an end.', {
    mayHaveRun: true,
  });
}
