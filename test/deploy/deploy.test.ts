import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig } from '@switchyard/gateway';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';

const deploy = path.join(import.meta.dirname, '../../deploy');
const read = (file: string) => readFileSync(path.join(deploy, file), 'utf8');

describe('what is deployed', () => {
  it('compose.yaml runs a configuration that can be used, with every file and service that it names', () => {
    const { services, secrets, volumes } = parse(read('compose/compose.yaml'), { merge: true });
    const { plan } = parseConfig(read('compose/gateway.yaml'));
    expect(plan.admin?.port).toBe(9090);
    const hosts = plan.servers.flatMap(({ replicas }) => replicas.map(({ url }) => new URL(url).hostname));
    for (const host of [...hosts, 'redis', 'postgres']) expect(Object.keys(services)).toContain(host);
    for (const [name, service] of Object.entries<Record<string, unknown>>(services)) {
      expect(service['image'] ?? service['build'], name).toBeDefined();
      for (const secret of (service['secrets'] ?? []) as string[]) expect(secrets[secret]).toBeDefined();
      for (const mount of (service['volumes'] ?? []) as string[]) {
        const [from = ''] = mount.split(':');
        if (from.startsWith('./')) expect(() => read(`compose/${from}`)).not.toThrow();
        else expect(Object.keys(volumes)).toContain(from);
      }
    }
    // The servers are reached by the names of their services, and find their packages beside them.
    const definition = read('compose/server.ts');
    for (const host of hosts) {
      expect(definition).toContain(`'${host}'`);
      expect(services[host].volumes).toEqual(['./server.ts:/opt/switchyard/server.ts:ro']);
      expect(services[host].command).toContain('/opt/switchyard/server.ts');
    }
    expect(services.gateway.ports.every((port: string) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('the chart renders to objects whose parts fit together, and a configuration that can be used', () => {
    const objects = render();
    expect(objects.map(({ kind }) => kind)).toEqual([
      'ConfigMap',
      'Deployment',
      'Service',
      'PodDisruptionBudget',
    ]);
    const [map, deployment, service] = objects;
    const { plan } = parseConfig(map?.data['gateway.yaml']);
    const [container] = deployment?.spec.template.spec.containers ?? [];
    const ports = Object.fromEntries(
      container.ports.map((port: { name: string; containerPort: number }) => [port.name, port.containerPort]),
    );
    expect(ports).toEqual({ http: plan.listen.port, admin: plan.admin?.port });
    const scheme = plan.admin?.tls === undefined ? 'HTTP' : 'HTTPS';
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'admin', scheme });
    expect(service?.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
    expect(service?.spec.selector).toEqual(deployment?.spec.template.metadata.labels);
    const grace = deployment?.spec.template.spec.terminationGracePeriodSeconds;
    expect(grace * 1000).toBeGreaterThan(plan.drainMs + 5000);
  });

  it('the chart has files of Secrets where a configuration with TLS at the admin port looks for them', () => {
    const [map, deployment] = render((values) => {
      const { admin } = values.config;
      values.secretFiles = ['admin-tls'];
      values.probeScheme = 'HTTPS';
      delete admin.expose;
      const files = '/run/secrets/admin-tls';
      admin.tls = { cert: `${files}/tls.crt`, key: { file: `${files}/tls.key` } };
    });
    const { plan } = parseConfig(map?.data['gateway.yaml']);
    const { containers, volumes, securityContext } = deployment?.spec.template.spec ?? {};
    const mount = containers[0].volumeMounts.find(({ name }: { name: string }) => name === 'admin-tls');
    const volume = volumes.find(({ name }: { name: string }) => name === 'admin-tls');
    expect(plan.admin?.tls?.cert.startsWith(`${mount.mountPath}/`)).toBe(true);
    expect(volume.secret).toEqual({ secretName: 'admin-tls', defaultMode: 0o440 });
    expect(securityContext.fsGroup).toBe(securityContext.runAsUser);
    expect(containers[0].livenessProbe.httpGet.scheme).toBe('HTTPS');
  });

  it('the Dockerfile runs the command itself, and not as root', () => {
    const lines = read('Dockerfile').split('\n');
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual([
      'FROM node:22-bookworm-slim AS pack',
      'FROM node:22-bookworm-slim AS install',
      'FROM node:22-bookworm-slim',
    ]);
    expect(lines).toContain('USER node');
    for (const word of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK']) {
      const line = lines.find((one) => one.startsWith(word)) ?? '';
      expect(() => JSON.parse(line.slice(line.indexOf('[')))).not.toThrow();
    }
    const { scripts } = JSON.parse(readFileSync(path.join(deploy, '../package.json'), 'utf8'));
    expect(lines).toContain('RUN npm run pack -- /packed');
    expect(scripts.pack).toBe('node scripts/pack.mjs');
    // What is built there is built there, and no history is sent to the builder.
    expect(read('Dockerfile.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['.git', '**/node_modules', '**/dist']),
    );
  });

  it('systemd takes the unit', ({ skip }) => {
    const file = path.join(deploy, 'systemd/switchyard-gateway.service');
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
    if (verified.error !== undefined) skip('there is no systemd-analyze');
    const about = verified.stderr.split('\n').filter((line) => line.includes('switchyard-gateway.service'));
    expect(about).toEqual([]);
  });
});

// ---

// biome-ignore lint/suspicious/noExplicitAny: whatever a chart comes to.
type KubernetesObject = any;

/** As `helm template` does it, for the few functions that the chart uses. */
function render(change: (values: KubernetesObject) => void = () => {}): readonly KubernetesObject[] {
  const values = parse(read('helm/switchyard-gateway/values.yaml'));
  change(values);
  const root = { Release: { Name: 'gw' }, Values: values };
  const lookup = (name: string): unknown =>
    name
      .split('.')
      .filter((part) => part !== '')
      .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], root);
  const text = read('helm/switchyard-gateway/templates/gateway.yaml')
    .replaceAll(
      /\n\s*\{\{- range (\.[\w.]+) \}\}(.*?)\n\s*\{\{- end \}\}/gs,
      (_, name: string, body: string) =>
        (lookup(name) as string[]).map((item) => body.replaceAll('{{ . }}', item)).join(''),
    )
    .replaceAll(/\s*\{\{- toYaml (\.[\w.]+) \| nindent (\d+) \}\}/g, (_, name: string, indent: string) =>
      `\n${stringify(lookup(name)).trimEnd()}`.replaceAll('\n', `\n${' '.repeat(Number(indent))}`),
    )
    .replaceAll(/\{\{ (\.[\w.]+) \}\}/g, (_, name: string) => String(lookup(name)));
  expect(text).not.toContain('{{');
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}
