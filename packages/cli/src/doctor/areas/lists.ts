import { isDeepStrictEqual } from 'node:util';
import { type Area, type Check, noneOf, right, skipped, wrong } from '../check.ts';
import type { Exam, Listing } from '../exam.ts';
import { INVALID_PARAMS, refuses } from '../expect.ts';
import { KINDS, type Kind, type KindName } from '../kinds.ts';
import { describe, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** The rows for a list that is answered, the same each time, and for one whose capability is not declared. */
const ROWS: Readonly<Record<KindName, { readonly same: string; readonly declared: string }>> = {
  tools: { same: 'TOOL-004', declared: 'TOOL-001' },
  prompts: { same: 'PROMPT-003', declared: 'PROMPT-001' },
  resources: { same: 'RES-003', declared: 'RES-001' },
  templates: { same: 'RES-003', declared: 'RES-001' },
};

/** What a list is for: a name or a URI leads to one thing. */
const UNIQUE = {
  level: 'SHOULD',
  anchor: 'server/utilities/pagination#implementation-guidelines',
  text: 'Pages follow on one another: what was on one is not on the next.',
} as const;

/** Every list is there, the same each time, and ends. Spec: server/utilities/pagination. */
export const LISTS: Area = {
  title: 'Lists',
  checks: [
    ...(['tools', 'prompts', 'resources', 'templates'] as const).flatMap((name) =>
      checksOf(name, KINDS[name]),
    ),
    {
      id: 'lists.unknown-cursor',
      title: 'A cursor that is none gets -32602',
      rule: requirement('PAGE-003'),
      mend: 'Answer -32602 to a cursor that you did not give out; also where you never give one out.',
      async run(exam) {
        const capabilities = await exam.capabilities();
        const kind = Object.values(KINDS).find(({ capability }) => capabilities[capability] !== undefined);
        if (kind === undefined) return skipped('there are no lists');
        return refuses(await exam.probe.call(kind.method, { cursor: 'switchyard-doctor' }), {
          codes: [INVALID_PARAMS],
        });
      },
    },
    {
      id: 'lists.cursor-stays-good',
      title: 'A cursor leads to the same page again',
      rule: requirement('PAGE-001'),
      mend: 'Let a cursor say where the page starts, so that any instance can serve it any number of times.',
      async run(exam) {
        const paged = await firstPaged(exam);
        if (paged === undefined) return skipped('every list fits on one page');
        const [cursor] = paged.listing.cursors;
        const again = await exam.probe.call(paged.kind.method, { cursor });
        const before = paged.listing.pages[1];
        const same =
          before !== undefined && isDeepStrictEqual(itemsOf(again, paged.kind), itemsOf(before, paged.kind));
        return same
          ? right(paged.kind.method)
          : wrong(`The second page of ${paged.kind.method} is another one when it is asked for again.`);
      },
    },
  ],
};

// ---

function checksOf(name: KindName, kind: Kind): readonly Check[] {
  const { method, capability, identity } = kind;
  return [
    {
      id: `lists.${name}-declared`,
      title: `${method} is answered where "${capability}" is declared, and only there`,
      rule: requirement(ROWS[name].declared),
      mend: `Declare "${capability}" in server/discover and answer ${method} with a list, an empty one at least; or do neither.`,
      async run(exam) {
        if ((await exam.capabilities())[capability] === undefined) {
          const answered = resultOf(await exam.probe.call(method)) !== undefined;
          return answered ? wrong('It is answered, and not declared.') : right('neither');
        }
        const { pages, items } = await exam.list(name);
        const bad = pages.filter((page) => !Array.isArray(resultOf(page)?.[kind.key]));
        return noneOf(
          bad.map((page) => `The answer is ${describe(page)}, and no list.`),
          `${items.length} in ${pages.length === 1 ? 'one page' : `${pages.length} pages`}`,
        );
      },
    },
    {
      id: `lists.${name}-stable`,
      title: `${method} gives the same list on every connection`,
      rule: requirement(ROWS[name].same),
      mend: 'List in a fixed order that is the same on every instance, whatever the connection or what was sent before.',
      async run(exam) {
        const {
          pages: [first],
        } = await exam.list(name);
        if (first === undefined) return skipped(`there are no ${capability}`);
        const again = await exam.probe.call(method);
        const same = isDeepStrictEqual(itemsOf(again, kind), itemsOf(first, kind));
        return same ? right() : wrong('The first page is another one on another connection.');
      },
    },
    {
      id: `lists.${name}-unique`,
      title: `No two entries of ${method} have the same ${identity}`,
      rule: name === 'tools' ? requirement('TOOL-011') : UNIQUE,
      mend: `Give every entry its own ${identity}, and see that pages do not overlap.`,
      async run(exam) {
        const { pages, items } = await exam.list(name);
        if (pages.length === 0) return skipped(`there are no ${capability}`);
        const names = items.map((item) => String(item[identity]));
        const twice = names.filter((each, index) => names.indexOf(each) !== index);
        return noneOf([...new Set(twice)].map((each) => `"${each.slice(0, 80)}" is there more than once.`));
      },
    },
  ];
}

function itemsOf(reply: Listing['pages'][number], { key }: Kind): unknown {
  return resultOf(reply)?.[key];
}

async function firstPaged(
  exam: Exam,
): Promise<{ readonly kind: Kind; readonly listing: Listing } | undefined> {
  for (const name of Object.keys(KINDS) as KindName[]) {
    // the keys of that very constant
    const listing = await exam.list(name);
    if (listing.cursors.length > 0) return { kind: KINDS[name], listing };
  }
  return undefined;
}
