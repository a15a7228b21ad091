import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { answering, headersOf, upstream } from '../../packages/gateway/test/support.ts';
import { cleanUp, run, start } from './support/command.ts';
import { project } from './support/project.ts';

afterEach(cleanUp);

const CALL = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' };

async function mint(...args: string[]): Promise<{ key: string; line: string }> {
  const { code, out, err } = await run(['gateway-key', ...args]);
  expect(code).toBe(0);
  return { key: out.trim(), line: /^- \{.*\}$/m.exec(err)?.[0] ?? '' };
}

test('prints a key, and beside it the line that the gateway knows it by', async () => {
  const { key, line } = await mint('ci', '--tenant', 'acme', '--scope', 'a', 'b', '--expires', '2027-01-31');
  const digest = createHash('sha256').update(key).digest('hex');
  expect(line).toBe(
    `- { name: "ci", hash: "sha256:${digest}", tenant: "acme", scopes: ["a","b"], expires: "2027-01-31" }`,
  );
  expect(line).not.toContain(key);
});

test.each([
  [['two words'], 'A name has 1 to 128 visible ASCII characters.'],
  [['ci', '--expires', 'soon'], '--expires wants a date such as 2027-01-31'],
])('%j is refused', async (args, why) => {
  const { code, out, err } = await run(['gateway-key', ...args]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(why);
});

test('a key opens a gateway until its line is taken out of the file, which is noticed', async () => {
  const [one, two] = [await mint('one'), await mint('two')];
  const server = await upstream(answering());
  using made = project({ 'keys.yaml': `${one.line}\n${two.line}\n` });
  const keys = path.join(made.folder, 'keys.yaml');
  const file = path.join(made.folder, 'gateway.yaml');
  writeFileSync(
    file,
    `listen: { port: 0 }\nidentify: { keys: { file: ${keys} } }\nservers: { s: { path: /mcp, replicas: [${server.url}] } }\n`,
  );
  const gateway = start(['gateway', file]);
  const [url] = await gateway.says(/http:\/\/\S+\/mcp/);
  const { 'content-length': _, ...headers } = headersOf({ method: 'tools/list' });
  const status = async (key: string) =>
    (await fetch(url, { ...CALL, headers: { ...(headers as Record<string, string>), 'x-api-key': key } }))
      .status;
  expect([await status(one.key), await status(two.key)]).toEqual([200, 200]);
  writeFileSync(keys, `${two.line}\n`);
  await gateway.says(/configuration reloaded/);
  expect([await status(one.key), await status(two.key)]).toEqual([401, 200]);
});

test('a gateway whose secret is not there does not start, and says which', async () => {
  using made = project({
    'gateway.yaml':
      'state: { url: redis://h, password: { env: SWITCHYARD_NOT_SET } }\nservers: { s: { replicas: [http://h/] } }\nquotas: [{ name: q, limit: 1 }]\n',
  });
  const { code, err } = await run(['gateway', path.join(made.folder, 'gateway.yaml')]);
  expect(code).toBe(1);
  expect(err).toContain(
    'state.password refers to the environment variable SWITCHYARD_NOT_SET, which is not set',
  );
});

test('a gateway whose certificate cannot be used does not start, and says so', async () => {
  using made = project({
    'cert.pem': 'no certificate',
    'gateway.yaml':
      'listen: { port: 0, tls: { cert: cert.pem, key: { file: cert.pem } } }\nservers: { s: { replicas: [http://h/] } }\n',
  });
  const { code, err } = await run(['gateway', 'gateway.yaml'], { cwd: made.folder });
  expect(code).toBe(1);
  expect(err).toContain('listen.tls cannot be used');
  expect(err).not.toContain('no certificate');
});
