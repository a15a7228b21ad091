import { AREAS, OUTSIDE } from './areas.ts';
import type { Check, Verdict } from './check.ts';
import { skipped, wrong } from './check.ts';
import { type Era, findEra } from './era.ts';
import type { Exam } from './exam.ts';
import { NoAnswer } from './no-answer.ts';
import { isStrict, type Rule } from './rules.ts';

/** What one check came to. */
export interface Finding {
  readonly id: string;
  readonly area: string;
  readonly title: string;
  readonly rule: Rule;
  /** `advice`: something that the specification recommends is not so. */
  readonly status: 'right' | 'wrong' | 'advice' | 'skipped';
  /** What was found, or why it was not looked at. */
  readonly detail?: string;
  /** Where it is wrong. */
  readonly mend?: string;
}

/** What an examination came to. */
export interface Report {
  readonly url: string;
  readonly era: Era;
  /** None for what is no server of this revision. */
  readonly findings: readonly Finding[];
}

/** Looks at everything, one after the other; `onCheck` is told of each. Rejects with `NoAnswer` where nothing answers at all. */
export async function examine(exam: Exam, onCheck: (title: string) => void): Promise<Report> {
  const era = await findEra(exam);
  const findings: Finding[] = [];
  for (const area of era.kind === 'modern' || era.kind === 'guarded' ? AREAS : []) {
    const inside = !OUTSIDE.includes(area);
    for (const check of area.checks) {
      onCheck(`${area.title}: ${check.title}`);
      const verdict =
        inside && era.kind === 'guarded' ? skipped('the server wants a token') : await runCheck(exam, check);
      findings.push(toFinding(area.title, check, verdict));
    }
  }
  return { url: exam.probe.url.href, era, findings };
}

// ---

async function runCheck(exam: Exam, check: Check): Promise<Verdict> {
  if (!exam.probe.hasTime) return skipped('time was up');
  try {
    return await check.run(exam);
  } catch (error) {
    if (error instanceof NoAnswer) return exam.probe.hasTime ? wrong(error.message) : skipped('time was up');
    throw error;
  }
}

function toFinding(area: string, { id, title, rule, mend }: Check, verdict: Verdict): Finding {
  const about = { id, area, title, rule };
  if (verdict.status === 'wrong') {
    return { ...about, status: isStrict(rule) ? 'wrong' : 'advice', detail: verdict.found, mend };
  }
  const detail = verdict.status === 'skipped' ? verdict.why : verdict.note;
  return { ...about, status: verdict.status, ...(detail === undefined ? {} : { detail }) };
}
