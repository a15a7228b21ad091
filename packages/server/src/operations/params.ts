type Params = Readonly<Record<string, unknown>>;

/** What is wrong with the parameters of a later round, or `undefined`. */
export function inputParamsProblem({ inputResponses, requestState }: Params): string | undefined {
  if (requestState !== undefined && typeof requestState !== 'string')
    return 'params.requestState must be a string.';
  if (inputResponses === undefined) return undefined;
  const sound =
    typeof inputResponses === 'object' && inputResponses !== null && !Array.isArray(inputResponses);
  return sound ? undefined : 'params.inputResponses must be an object.';
}

/** True for an object whose values are all strings. */
export function isStringRecord(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry === 'string');
}
