/** Any value that JSON can carry. Properties whose value is `undefined` are left out, as `JSON.stringify` does. */
export type JSONValue =
  | string
  | number
  | boolean
  | null
  | readonly JSONValue[]
  | { readonly [key: string]: JSONValue | undefined };
