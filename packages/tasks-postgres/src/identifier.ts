const NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;

/** A schema's or channel's name as SQL. Throws `TypeError` for what is no plain name of at most 63 characters. */
export function quoteIdentifier(name: string): string {
  if (!NAME.test(name))
    throw new TypeError(
      `'${name.slice(0, 80)}' is no name for a schema: use letters, digits, _ and $, at most 63 characters`,
    );
  return `"${name}"`;
}
