import type { InputRequiredResult } from './types/input.ts';
import type { Result } from './types/jsonrpc.ts';

/** Whether the result asks for another round. Spec: basic/index#resulttype. */
export function isInputRequired(result: Result): result is InputRequiredResult {
  return result.resultType === 'input_required';
}
