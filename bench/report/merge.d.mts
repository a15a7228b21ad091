/** A section of a report: its heading, its table, and what it means. */
export type ReportSection = readonly [heading: string, table: string, note?: string];

/** The page with these sections in place of those of the same heading; see merge.mjs. */
export function mergedPage(page: string, sections: readonly ReportSection[], apart: string): string;
