import { FEATURES } from '@switchyard/wire/lifecycle';
import { specification, table, toPage } from './page.mjs';

/** The text of docs/reference/features.md: what of the protocol is current, on its way out, or gone. */
export function featuresPage() {
  const of = (state) => FEATURES.filter((feature) => feature.state === state);
  return toPage('Features and their lifecycle', [
    `Where revision 2026-07-28 stands on what earlier revisions had: ${specification('deprecated')}. The same table is data in \`@switchyard/wire/lifecycle\` (\`FEATURES\`, \`featureOf\`, \`lifecycleWarning\`); a server warns once, through \`onWarning\`, when a deprecated feature is used.`,
    '## Deprecated',
    table(
      ['feature', 'deprecated in', 'earliest removal', 'instead', 'decision', 'specification'],
      of('deprecated').map(deprecatedRow),
    ),
    '## Removed',
    table(['feature', 'removed in', 'instead', 'decision', 'specification'], of('removed').map(removedRow)),
    '## Active',
    table(
      ['feature', 'specification'],
      of('active').map(({ feature, spec }) => [feature, specification(spec)]),
    ),
  ]);
}

// ---

function deprecatedRow({
  feature,
  deprecatedIn,
  earliestRemoval,
  removalCondition,
  instead,
  decision,
  spec,
}) {
  const removal = [earliestRemoval, removalCondition].filter((part) => part !== undefined).join('. ');
  return [feature, deprecatedIn, removal, instead, decision, specification(spec)];
}

function removedRow({ feature, removedIn, instead, decision, spec }) {
  return [feature, removedIn, instead, decision, specification(spec)];
}
