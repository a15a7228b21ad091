/** Runs a check and names in its error what was checked. */
export function naming<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TypeError(`The ${what} cannot be registered: ${message}`, { cause: error });
  }
}
