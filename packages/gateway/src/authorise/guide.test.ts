import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { parsePolicyCases, testPolicy } from './cases.ts';
import { askPolicy } from './question.ts';

const page = readFileSync(
  fileURLToPath(new URL('../../../../docs/guides/gateway-policies.md', import.meta.url)),
  'utf8',
);
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);

it('the guide shows a policy, cases that it passes, and what the command prints of them', () => {
  const [config = '', cases = '', dryRun = ''] = blocks('yaml');
  const [tested, explained] = blocks('text');
  const { plan } = parseConfig(config);
  const outcomes = testPolicy(plan, parsePolicyCases(cases));
  const lines = outcomes.map(({ name, passed }) => `${passed ? 'ok    ' : 'FAIL  '}${name}\n`).join('');
  expect(`${lines}3 of 3 cases as expected\n`).toBe(tested);
  const answer = askPolicy(plan, {
    caller: { subject: 'ann', scopes: ['read'] },
    request: { method: 'tools/call', server: 'db', name: 'query' },
  });
  const words = { true: 'matches', false: 'does not match', fault: 'fails', unknown: '' };
  const rules = answer.rules.map(
    ({ name, effect, says }) => `  ${effect.padEnd(5)}  ${words[says].padEnd(14)}  ${name}\n`,
  );
  expect(`${answer.outcome} by rule ${answer.rule}\n${rules.join('')}`).toBe(explained);
  expect(parseConfig(dryRun).plan.policy?.dryRun).toBe(true);
});
