/**
 * Files beyond 200 lines, each with the reason why splitting it would make it harder to read. Tests need none.
 * Keep it short: a file that is too long because much has gathered in it is split, not listed.
 */
export const LONG_FILES: Readonly<Record<string, string>> = {
  'packages/client/src/links/undici-link.ts':
    'One exchange from the dial to the last byte, and all that can cut it short.',
  'packages/client/src/listen/subscription.ts':
    'One subscription from its opening through every mending to its end.',
  'packages/gateway/scripts/compare.mjs': 'One measurement from start to end: its steps are its functions.',
  'packages/gateway/src/forward/forwarding.ts': 'The life of one errand, from its body to its end.',
  'packages/gateway/src/record/writer.ts':
    'One chain from its first record to its last, whatever the store does meanwhile.',
  'packages/gateway/src/refusal.ts':
    "The table of the gateway's own answers, with what makes each of its rows.",
  'packages/gateway/test/support.ts': 'Upstreams and clients that misbehave in every way that tests need.',
  'packages/schema/src/evaluate/linear-pattern.ts': 'One grammar, read rule by rule.',
  'packages/schema/src/graph.ts': 'One walk over a schema: visiting and resolving share its notes.',
  'packages/tasks/src/engine/run.ts':
    'One run from its claim to its end, and all that can happen to it in between.',
  'packages/tasks/src/engine/workshop.ts': 'Where a run is at any time: each way in and out is a few lines.',
  'packages/tasks/src/store/memory.ts': 'One store: each verb is a few lines.',
  'packages/wire/src/errors.ts': 'The table of errors, with what makes each of its rows.',
  'packages/wire/src/index.ts': 'The list of names that the package gives out.',
  'packages/wire/src/lifecycle.ts': 'The table of features.',
  'packages/wire/src/sse.ts': 'The two directions of one format.',
  'test/start/doctor/cases.ts': 'One table: how every check is seen to fail.',
};
