// Puts what one run measured into a page that another has written.

const GOALS = 'Goals';
const APART = /^Measured in runs of their own: (.*)\.$/m;

/**
 * The page with these sections in place of those of the same heading, or after the one that comes before them in the report;
 * goals that were not measured keep what the page says of them. `apart` names the run, so that nobody takes it for the other.
 */
export function mergedPage(page, sections, apart) {
  const [intro, ...parts] = page.trimEnd().split(/^(?=## )/m);
  const all = parts.map((text) => ({ heading: headingOf(text), text: text.trimEnd() }));
  let after = -1;
  for (const [heading, table, note] of sections) {
    const at = all.findIndex((part) => part.heading === heading);
    if (heading === GOALS) {
      all[at].text = withGoals(all[at].text, table);
      after = at;
      continue;
    }
    const text = [`## ${heading}`, ...(note === undefined ? [] : [note]), table].join('\n\n');
    if (at >= 0) all[at] = { heading, text };
    else all.splice(after + 1, 0, { heading, text });
    after = at >= 0 ? at : after + 1;
  }
  return `${[namedApart(intro.trimEnd(), apart), ...all.map(({ text }) => text)].join('\n\n')}\n`;
}

// ---

const headingOf = (text) => text.slice(3, text.indexOf('\n'));

/** A table of goals in which every row that was measured anew takes the place of the one before it, in the order of the goals. */
function withGoals(section, table) {
  const lines = section.split('\n');
  const at = (row) => lines.findIndex((line) => line.startsWith(`${row.split(' | ')[0]} | `));
  let after = lines.findIndex((line) => line.startsWith('| --- '));
  for (const row of table.split('\n').slice(2)) {
    const before = at(row);
    const measured = !row.includes('| not measured |');
    // "The same" in a goal is the one above it: each keeps its place in the order.
    if (before >= 0) {
      const [kept] = lines.splice(before, 1);
      if (before <= after) after -= 1;
      lines.splice(after + 1, 0, measured ? row : kept);
    } else lines.splice(after + 1, 0, row);
    after += 1;
  }
  return lines.join('\n');
}

function namedApart(intro, apart) {
  const [line, names] = APART.exec(intro) ?? [];
  if (line === undefined) return `${intro}\n\nMeasured in runs of their own: ${apart}.`;
  const kept = names.split('; ').filter((name) => name.split(' (')[0] !== apart.split(' (')[0]);
  return intro.replace(line, `Measured in runs of their own: ${[...kept, apart].join('; ')}.`);
}
