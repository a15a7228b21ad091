const SPECIFICATION = 'https://modelcontextprotocol.io/specification/2026-07-28';

/** A page from its parts, which are joined by empty lines. */
export function toPage(title, parts) {
  const note = '<!-- Written by scripts/docs.mjs from the source. Do not edit. -->';
  return `${[`# ${title}`, note, ...parts].join('\n\n')}\n`;
}

/** A table; what a cell holds is escaped. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map(toCell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A link into the specification by page and anchor. */
export function specification(page) {
  return `[${page}](${SPECIFICATION}/${page})`;
}

// ---

function toCell(value) {
  return String(value ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
}
