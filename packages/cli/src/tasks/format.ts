import { visible } from '../call/visible.ts';

/** A table with columns as wide as what is in them; texts from tasks are shown, not obeyed. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((cell) => oneLine(cell)));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => (row[column] ?? '').length)),
  );
  return shown
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A moment as people and programs read it. */
export function toMoment(ms: number): string {
  return new Date(ms).toISOString();
}

/** A span of time in its largest unit: `45 s`, `3 min`, `5 h`, `2 d`. */
export function toSpan(ms: number): string {
  const [, limit, unit] = UNITS.find(([from]) => Math.abs(ms) >= from) ?? [0, 1000, 's'];
  return `${Math.round(ms / limit)} ${unit}`;
}

/** The start of a text, on one line. */
export function shorten(text: string, most: number): string {
  const line = oneLine(text);
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

// ---

const UNITS: readonly (readonly [from: number, length: number, unit: string])[] = [
  [172_800_000, 86_400_000, 'd'],
  [7_200_000, 3_600_000, 'h'],
  [120_000, 60_000, 'min'],
  [0, 1000, 's'],
];

function oneLine(text: string): string {
  return visible(text.replaceAll(/\s+/g, ' '));
}
