import { isDeepStrictEqual } from 'node:util';
import { type Area, noneOf, skipped } from '../check.ts';
import type { Exam } from '../exam.ts';
import { KINDS, type KindName } from '../kinds.ts';
import { type Json, type Reply, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** For how long, and for whom, results are good. Spec: server/utilities/caching. */
export const CACHING: Area = {
  title: 'Cache hints',
  checks: [
    {
      id: 'caching.hints',
      title: 'Discovery, lists and resources say ttlMs and cacheScope',
      rule: requirement('CACHE-001'),
      mend: 'Put ttlMs (0 where nothing is known) and cacheScope ("public" or "private") into each of these results.',
      run: async (exam) =>
        noneOf(
          (await cacheable(exam))
            .filter(({ result }) => result['ttlMs'] === undefined || !SCOPES.has(result['cacheScope']))
            .map(
              ({ method, result }) =>
                `The result of ${method} has ttlMs ${JSON.stringify(result['ttlMs'])} and cacheScope ${JSON.stringify(result['cacheScope'])}.`,
            ),
        ),
    },
    {
      id: 'caching.ttl',
      title: 'ttlMs is an integer of at least 0',
      rule: requirement('CACHE-003'),
      mend: 'Give ttlMs in whole milliseconds; 0 says that the result is stale at once.',
      run: async (exam) =>
        noneOf(
          (await cacheable(exam))
            .filter(
              ({ result: { ttlMs } }) =>
                ttlMs !== undefined && !(Number.isInteger(ttlMs) && Number(ttlMs) >= 0),
            )
            .map(({ method, result }) => `The ttlMs of ${method} is ${JSON.stringify(result['ttlMs'])}.`),
        ),
    },
    {
      id: 'caching.pages',
      title: 'All pages of a list have the same cacheScope',
      rule: requirement('CACHE-005'),
      mend: 'Choose the scope for the list, not for the page.',
      async run(exam) {
        const names = Object.keys(KINDS) as KindName[]; // the keys of that very constant
        const listings = await Promise.all(names.map((name) => exam.list(name)));
        const mixed = names.filter((_, index) => scopesOf(listings[index]?.pages ?? []).size > 1);
        return noneOf(mixed.map((name) => `The pages of ${KINDS[name].method} have different scopes.`));
      },
    },
    {
      id: 'caching.public',
      title: 'What differs between callers is not marked public',
      rule: requirement('CACHE-006'),
      mend: 'Mark results that depend on who asks as private.',
      async run(exam) {
        if (!exam.probe.hasCredentials)
          return skipped('there is only one caller: give a token to compare with nobody');
        const reply = await exam.probe.call('tools/list', {}, { anonymous: true });
        const [own] = (await exam.list('tools')).pages;
        const [mine, theirs] = [own === undefined ? undefined : resultOf(own), resultOf(reply)];
        if (mine === undefined || theirs === undefined)
          return skipped('nobody is let in without a token, or there are no tools');
        const differ = !isDeepStrictEqual(mine['tools'], theirs['tools']);
        const shared = mine['cacheScope'] === 'public' || theirs['cacheScope'] === 'public';
        return noneOf(
          differ && shared ? ['tools/list is public, and differs with and without the token.'] : [],
        );
      },
    },
  ],
};

// ---

const SCOPES: ReadonlySet<unknown> = new Set(['public', 'private']);

interface Cacheable {
  readonly method: string;
  readonly result: Json;
}

async function cacheable(exam: Exam): Promise<readonly Cacheable[]> {
  const names = Object.keys(KINDS) as KindName[]; // the keys of that very constant
  const replies: [string, Reply][] = [['server/discover', await exam.discover()]];
  for (const name of names)
    for (const page of (await exam.list(name)).pages) replies.push([KINDS[name].method, page]);
  const [resource] = (await exam.list('resources')).items;
  if (resource !== undefined) {
    const read = (): Promise<Reply> => exam.probe.call('resources/read', { uri: resource['uri'] });
    replies.push(['resources/read', await exam.once('read', read)]);
  }
  return replies.flatMap(([method, reply]) => {
    const result = resultOf(reply);
    // What asks for input is not cacheable.
    return result === undefined || result['resultType'] === 'input_required' ? [] : [{ method, result }];
  });
}

function scopesOf(pages: readonly Reply[]): ReadonlySet<unknown> {
  return new Set(pages.map((page) => resultOf(page)?.['cacheScope']));
}
