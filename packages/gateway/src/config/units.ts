/** A time span as text: digits and a unit (`"500ms"`, `"2s"`, `"5m"`, `"1h"`). */
export type DurationText = string;

/** A time span, or `"off"` for none. */
export type OptionalDurationText = DurationText | 'off';

/** A number of bytes as text: digits and a unit (`"512B"`, `"16KiB"`, `"4MiB"`). */
export type SizeText = string;

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Durations as the schema admits them: a whole number and a unit. */
export const DURATION_PATTERN = '^[0-9]{1,9}(ms|s|m|h)$';

/** Sizes as the schema admits them: a whole number and a binary unit. */
export const SIZE_PATTERN = '^[0-9]{1,9}(B|KiB|MiB|GiB)$';

/** Milliseconds of a duration such as `"2s"`; `"off"` is 0. Throws `TypeError` for anything else. */
export function durationMs(text: string): number {
  return text === 'off' ? 0 : amount(text, DURATION_PATTERN, DURATION_UNITS);
}

/** Bytes of a size such as `"4MiB"`. Throws `TypeError` for anything else. */
export function sizeBytes(text: string): number {
  return amount(text, SIZE_PATTERN, SIZE_UNITS);
}

function amount(text: string, pattern: string, units: Readonly<Record<string, number>>): number {
  const match = new RegExp(pattern).exec(text);
  const scale = units[match?.[1] ?? ''];
  if (scale === undefined) throw new TypeError(`"${text}" has no known unit`);
  return Number.parseInt(text, 10) * scale;
}
