import { InvalidArgumentError } from 'commander';

/** Reads `--args`. Throws `InvalidArgumentError` for what is no JSON object. */
export function toArguments(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError('It must be a JSON object.');
  return value as Record<string, unknown>; // an object that is no array
}

/** Adds one `-H` to those before. Throws `InvalidArgumentError` for what is no header. */
export function addHeader(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = HEADER.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write it as "name: value".');
  return { ...before, [name.toLowerCase()]: value };
}

/** Reads whole seconds. Throws `InvalidArgumentError` for anything else. */
export function toSeconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('Give whole seconds.');
  return Number(text);
}

// ---

const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e]*)$/;
