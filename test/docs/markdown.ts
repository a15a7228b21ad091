import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../structure/modules.ts';

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The line of the block's first line in the page, from 1. */
  readonly line: number;
}

/** A link of a page. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** The text of a page, by its path from the repository's root. */
export function readPage(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of page.split('\n').entries()) {
    if (open !== undefined && line.trimEnd() === open.fence) {
      blocks.push({ language: open.language, text: `${open.lines.join('\n')}\n`, line: open.line });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else {
      const [, fence, language = ''] = /^(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? [];
      if (fence !== undefined) open = { fence, language, line: index + 2, lines: [] };
    }
  }
  return blocks;
}

/** Inline links, images and reference definitions of a page; what stands in code is none. */
export function linksOf(page: string): readonly Link[] {
  const prose = withoutCode(page).split('\n');
  return prose.flatMap((text, index) =>
    [...text.matchAll(/\]\(\s*<?([^()\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*(\S+)/g)].map(
      ([, inline, reference]) => ({
        target: inline ?? reference ?? '',
        line: index + 1,
      }),
    ),
  );
}

/** The anchors that a page's headings make, as GitHub writes them. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of withoutBlocks(page).split('\n')) {
    const [, heading] = /^#{1,6}\s+(.+?)\s*#*$/.exec(line) ?? [];
    if (heading === undefined) continue;
    const slug = toSlug(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

// ---

function toSlug(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
}

/** The page with its code blanked out, line by line, so that line numbers stay. */
function withoutCode(page: string): string {
  return withoutBlocks(page).replaceAll(/(`+)(?:(?!\1)[^\n])*\1/g, '');
}

function withoutBlocks(page: string): string {
  const lines = page.split('\n');
  for (const { line, text } of blocksOf(page)) {
    const length = text.split('\n').length - 1;
    for (let index = line - 2; index <= line - 1 + length; index += 1) lines[index] = '';
  }
  return lines.join('\n');
}
