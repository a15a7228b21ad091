import { afterEach, expect, test } from 'vitest';
import { cleanUp, run } from './support/command.ts';
import { project } from './support/project.ts';

afterEach(cleanUp);

const CONFIG = `servers:
  db: { replicas: [http://127.0.0.1:1/mcp], labels: { team: data } }
  web: { replicas: [http://127.0.0.1:2/mcp] }
policy:
  default: deny
  rules:
    - { name: no-drop, effect: deny, when: 'tool.name == "drop"' }
    - { name: readers, effect: allow, when: 'server.labels.team == "data" && "read" in caller.scopes' }
    - { name: eu, effect: allow, when: 'args.region == "eu"' }
`;

const CASES = `cases:
  - name: readers query
    caller: { subject: ann, scopes: [read] }
    request: { method: tools/call, server: db, name: query }
    expect: allowed
    rule: readers
  - name: nobody drops
    caller: { subject: ann, scopes: [read] }
    request: { method: tools/call, server: db, name: drop }
    expect: denied
    rule: no-drop
  - name: strangers get nothing
    request: { method: server/discover, server: web }
    expect: denied
    rule: default
`;

test('policy test tells which cases come out as expected, and by which rule', async () => {
  using made = project({ 'gateway.yaml': CONFIG, 'cases.yaml': CASES });
  const at = { cwd: made.folder };
  const good = await run(['policy', 'test', 'gateway.yaml', 'cases.yaml'], at);
  // A stranger may call something with region eu, so that the server is there for it.
  expect(good.code).toBe(1);
  expect(good.out).toBe(
    `ok    readers query
ok    nobody drops
FAIL  strangers get nothing: expected denied by default, is allowed, as something of the server may be used
2 of 3 cases as expected
`,
  );
  const json = await run(['policy', 'test', 'gateway.yaml', 'cases.yaml', '--json'], at);
  expect(JSON.parse(json.out)).toMatchObject({
    passed: 2,
    failed: 1,
    cases: [{ passed: true }, {}, { passed: false }],
  });
});

test('policy test says what is wrong with the files', async () => {
  using made = project({
    'gateway.yaml': CONFIG,
    'cases.yaml': CASES.replace('expect: allowed', 'expects: allowed'),
    'other.yaml': CASES.replaceAll('server: db', 'server: nope'),
    'bare.yaml': 'servers: { s: { replicas: [http://127.0.0.1:1/] } }\n',
  });
  const at = { cwd: made.folder };
  const wrong = await run(['policy', 'test', 'gateway.yaml', 'cases.yaml'], at);
  expect([wrong.code, wrong.err]).toEqual([
    1,
    expect.stringContaining('cases.yaml:5:5: cases[0].expects is not a known key'),
  ]);
  const other = await run(['policy', 'test', 'gateway.yaml', 'other.yaml'], at);
  expect(other.err).toContain('case "readers query": there is no server "nope"; there are db, web');
  const bare = await run(['policy', 'test', 'bare.yaml', 'other.yaml'], at);
  expect(bare.err).toContain('the configuration has no policy');
});

test('policy explain says what each rule says', async () => {
  using made = project({ 'gateway.yaml': CONFIG });
  const at = { cwd: made.folder };
  const one = ['policy', 'explain', 'gateway.yaml', 'tools/call', '--name', 'query', '--server', 'db'];
  const asked = await run([...one, '--caller', '{"subject":"ann","scopes":["read"]}'], at);
  expect([asked.code, asked.out]).toEqual([
    0,
    `allowed by rule readers
  deny   does not match  no-drop
  allow  matches         readers
  allow  fails           eu
`,
  ]);
  const json = await run([...one, '--args', '{"region":"eu"}', '--json'], at);
  expect(JSON.parse(json.out)).toMatchObject({ outcome: 'allowed', rule: 'eu' });
  expect((await run([...one, '--args', '[]'], at)).err).toContain('--args must be a JSON object');
});

test('policy test and policy explain note a method that the protocol does not have', async () => {
  using made = project({
    'gateway.yaml': CONFIG,
    'cases.yaml': CASES.replace('tools/call, server: db, name: drop', 'tool/call, server: db, name: drop'),
  });
  const at = { cwd: made.folder };
  const note =
    'note: 2026-07-28 has no method tool/call; only a server with an extension of that method answers it';
  expect((await run(['policy', 'test', 'gateway.yaml', 'cases.yaml'], at)).err).toContain(note);
  const explain = (method: string) =>
    run(['policy', 'explain', 'gateway.yaml', method, '--server', 'db'], at);
  expect((await explain('tool/call')).err).toContain(note);
  for (const method of ['tools/list', 'tasks/get']) expect((await explain(method)).err).toBe('');
});
