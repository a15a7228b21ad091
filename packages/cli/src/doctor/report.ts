import { visible } from '../call/visible.ts';
import type { Style, Terminal } from '../terminal.ts';
import type { Finding, Report } from './examine.ts';
import { specUrl } from './rules.ts';

/** How many findings there are of each kind. */
export type Counts = Readonly<Record<Finding['status'], number>>;

/** Counts findings. */
export function countOf({ findings }: Report): Counts {
  const of = (status: Finding['status']): number => findings.filter((each) => each.status === status).length;
  return { right: of('right'), wrong: of('wrong'), advice: of('advice'), skipped: of('skipped') };
}

/** Prints a report for people, line by line. */
export function printReport(report: Report, terminal: Terminal): void {
  const paint = (style: Style, text: string): string => (terminal.shown ? terminal.paint(style, text) : text);
  const say = (text: string): void => terminal.print(visible(text));
  say(`${report.url}\n${report.era.text}`);
  for (const [area, findings] of byArea(report)) {
    terminal.print(`\n${paint('bold', area)}`);
    const [first] = findings;
    const reason = first?.status === 'skipped' ? first.detail : undefined;
    if (
      reason !== undefined &&
      findings.every(({ status, detail }) => status === 'skipped' && detail === reason)
    ) {
      terminal.print(`  ${paint('dim', label('skipped'))}${reason}`);
      continue;
    }
    for (const finding of findings) printFinding(finding, terminal, paint);
  }
  if (report.findings.length === 0) return;
  const { right, wrong, advice, skipped } = countOf(report);
  terminal.print(`\n${right} right, ${wrong} wrong, ${advice} to do better, ${skipped} skipped`);
}

/** Prints a report as one JSON object. */
export function printJson(report: Report, terminal: Terminal): void {
  const findings = report.findings.map(({ rule, ...finding }) => ({
    ...finding,
    requirement: rule.id ?? null,
    level: rule.level,
    text: rule.text,
    spec: specUrl(rule),
  }));
  const { url, era } = report;
  terminal.print(
    JSON.stringify({ url, verdict: era.kind, text: era.text, counts: countOf(report), findings }, null, 2),
  );
}

// ---

const LOOKS = {
  right: { style: 'green', word: 'right' },
  wrong: { style: 'red', word: 'WRONG' },
  advice: { style: 'yellow', word: 'advice' },
  skipped: { style: 'dim', word: 'skipped' },
} as const satisfies Readonly<Record<Finding['status'], { style: Style; word: string }>>;

const label = (status: Finding['status']): string => LOOKS[status].word.padEnd(9);

function printFinding(
  { status, title, detail, mend, rule }: Finding,
  terminal: Terminal,
  paint: (style: Style, text: string) => string,
): void {
  const say = (text: string): void => terminal.print(visible(text));
  const word = paint(LOOKS[status].style, label(status));
  if (status === 'right' || status === 'skipped') {
    const note = detail === undefined ? '' : ` ${paint('dim', visible(`(${detail})`))}`;
    terminal.print(`  ${word}${visible(title)}${note}`);
    return;
  }
  terminal.print(`  ${word}${visible(title)}`);
  const about = rule.id === undefined ? rule.level : `${rule.id}, ${rule.level}`;
  say(`           found   ${detail ?? ''}`);
  say(`           breaks  ${about}: ${rule.text}`);
  say(`                   ${specUrl(rule)}`);
  say(`           mend    ${mend ?? ''}`);
}

function byArea({ findings }: Report): ReadonlyMap<string, readonly Finding[]> {
  const areas = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = areas.get(finding.area);
    if (known === undefined) areas.set(finding.area, [finding]);
    else known.push(finding);
  }
  return areas;
}
