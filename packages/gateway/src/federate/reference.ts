/** What a completion refers to, under the name that callers use; `undefined` for what refers to nothing. */
export function referenceOf(
  ref: unknown,
): { readonly type: 'ref/prompt' | 'ref/resource'; readonly name: string } | undefined {
  if (typeof ref !== 'object' || ref === null || !('type' in ref)) return undefined;
  if (ref.type === 'ref/prompt' && 'name' in ref && typeof ref.name === 'string')
    return { type: ref.type, name: ref.name };
  if (ref.type === 'ref/resource' && 'uri' in ref && typeof ref.uri === 'string')
    return { type: ref.type, name: ref.uri };
  return undefined;
}
