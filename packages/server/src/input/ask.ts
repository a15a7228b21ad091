import type { InputRequest } from '@switchyard/wire';
import { formRequest, urlRequest } from './elicit.ts';
import { checkSampling } from './sampling.ts';

/**
 * A question as it may be sent; throws `TypeError`, naming the key, for one that no client could answer.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#inputrequests.
 */
export function checkedQuestion(key: string, request: InputRequest): InputRequest {
  checkKey(key);
  switch (request.method) {
    case 'elicitation/create': {
      const { params } = request;
      return params.mode === 'url' ? urlRequest(params.message, params.url) : formRequest(params);
    }
    case 'sampling/createMessage':
      checkSampling(request.params);
      return request;
    case 'roots/list':
      return request;
    default:
      throw new TypeError(`The question '${key}' is neither an elicitation, nor sampling, nor about roots.`);
  }
}

/** Throws `TypeError` for a key under which no answer could come back: a body that holds it is refused. */
export function checkKey(key: string): void {
  if (key === '__proto__') throw new TypeError("A question cannot have the key '__proto__'.");
}
