import { createResourceVerifier } from '@switchyard/auth/resource';
import type { GatewayConfig } from '../config/config.ts';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { durationMs } from '../config/units.ts';
import type { ListenTlsConfig } from '../listen/config.ts';
import { isLoopbackHost } from '../plan/loopback.ts';
import type { CertificateRule } from './certificates.ts';
import type { IdentifyConfig, IssuerConfig } from './config.ts';
import { expiryOf, type KeyEntry } from './keys.ts';
import type { IdentifyPlan, IssuerPlan, KeysPlan } from './plan.ts';

/** The plan of `identify`; `undefined` where nobody is asked. */
export function compileIdentify(config: GatewayConfig, problems: ConfigProblem[]): IdentifyPlan | undefined {
  const { identify } = config;
  if (identify === undefined) {
    for (const [name, server] of Object.entries(config.servers))
      if (server.resource !== undefined || server.scopes !== undefined)
        report(problems, ['servers', name], 'has resource or scopes, which need identify');
    return undefined;
  }
  const { issuers = [], certificates = [], anonymous = false } = identify;
  checkEvidence(identify, config, problems);
  checkServers(config, problems);
  checkNames(Array.isArray(anonymous) ? anonymous : [], ['identify', 'anonymous'], { config, problems });
  const publicUrl = publicUrlOf(config);
  if (issuers.length > 0) checkResources(publicUrl, config, problems);
  return {
    issuers: issuers.map(toIssuer),
    tenantClaim: identify.tenantClaim,
    impliedScopes: identify.impliedScopes ?? {},
    scopes: identify.scopes ?? {},
    clockToleranceMs: durationMs(identify.clockTolerance ?? '30s'),
    rememberMs: durationMs(identify.remember ?? '60s'),
    dpop: {
      required: identify.dpop?.required ?? false,
      windowMs: durationMs(identify.dpop?.window ?? '60s'),
    },
    keys: compileKeys(identify, config, problems),
    certificates,
    anonymous: typeof anonymous === 'boolean' ? anonymous : new Set(anonymous),
    publicUrl: publicUrl ?? '',
  };
}

/** Problems with a list of keys, wherever it stands. */
export function checkKeys(
  entries: readonly KeyEntry[],
  at: ConfigPath,
  {
    config,
    problems,
  }: { readonly config: Pick<GatewayConfig, 'servers'>; readonly problems: ConfigProblem[] },
): void {
  const hashes = new Set<string>();
  const names = new Set<string>();
  for (const [i, { name, hash, expires, servers = [] }] of entries.entries()) {
    const own = [...at, i];
    if (hashes.has(hash)) report(problems, own, `has the same hash as another key`);
    if (names.has(name)) report(problems, own, `has the name "${name}", which another key has`);
    if (expires !== undefined && expiryOf(expires) === undefined)
      report(problems, [...own, 'expires'], `is "${expires}", which is no date of the calendar`);
    checkNames(servers, [...own, 'servers'], { config, problems });
    hashes.add(hash);
    names.add(name);
  }
}

/** Problems with the rules for certificates at `at`, shown on connections with that TLS. */
export function checkCertificates(
  rules: readonly CertificateRule[] | undefined,
  { at, tls, tlsAt }: { at: ConfigPath; tls: ListenTlsConfig | undefined; tlsAt: string },
  problems: ConfigProblem[],
): void {
  const own = [...at, 'certificates'];
  for (const [i, rule] of (rules ?? []).entries()) {
    const given = MATCHERS.filter((key) => rule[key] !== undefined);
    if (given.length !== 1)
      report(problems, [...own, i], `needs one of ${MATCHERS.join(', ')}, and has ${given.length}`);
    if (Object.values(rule).includes('*'))
      report(problems, [...own, i], 'fits every certificate; name at least how it begins');
  }
  if (rules !== undefined && tls?.clientCa === undefined)
    report(problems, own, `need ${tlsAt}.clientCa, the authority that vouches for them`);
}

// ---

function report(problems: ConfigProblem[], path: ConfigPath, why: string): void {
  problems.push({ path, message: `${formatPath(path)} ${why}` });
}

function checkEvidence(identify: IdentifyConfig, config: GatewayConfig, problems: ConfigProblem[]): void {
  const { issuers, keys, certificates, anonymous } = identify;
  if (issuers === undefined && keys === undefined && certificates === undefined && anonymous !== true)
    report(
      problems,
      ['identify'],
      'lets nobody in: give issuers, keys or certificates, or say "anonymous: true"',
    );
  checkCertificates(
    certificates,
    { at: ['identify'], tls: config.listen?.tls, tlsAt: 'listen.tls' },
    problems,
  );
  for (const [i, { issuer }] of (issuers ?? []).entries()) {
    if ((issuers ?? []).findIndex((other) => other.issuer === issuer) !== i)
      report(problems, ['identify', 'issuers', i], `is "${issuer}", which stands there already`);
  }
}

const MATCHERS: readonly (keyof CertificateRule)[] = ['uri', 'dns', 'email', 'commonName', 'fingerprint'];

function checkServers(config: GatewayConfig, problems: ConfigProblem[]): void {
  const tokens = config.identify?.issuers !== undefined;
  for (const [name, { authorization, resource }] of Object.entries(config.servers)) {
    if (authorization !== 'pass' || (tokens && resource !== undefined)) continue;
    const why = tokens
      ? 'passes on tokens that were issued for the gateway, which the specification forbids; where the server itself is the audience of its tokens, say so with resource'
      : 'passes on credentials that identify consumes; there is nothing for the server in them';
    report(problems, ['servers', name, 'authorization'], why);
  }
}

function checkNames(
  names: readonly string[],
  at: ConfigPath,
  {
    config,
    problems,
  }: { readonly config: Pick<GatewayConfig, 'servers'>; readonly problems: ConfigProblem[] },
): void {
  for (const [i, name] of names.entries())
    if (!Object.hasOwn(config.servers, name))
      report(problems, [...at, i], `is "${name}", which is no server`);
}

/** What clients put before the paths, where that can be known. */
function publicUrlOf({ listen = {} }: GatewayConfig): string | undefined {
  if (listen.publicUrl !== undefined) return listen.publicUrl.replace(/\/$/, '');
  const { host = '127.0.0.1', port = 8080, tls } = listen;
  if (!isLoopbackHost(host) || port === 0) return undefined;
  return `${tls === undefined ? 'http' : 'https'}://${host}:${port}`;
}

function checkResources(
  publicUrl: string | undefined,
  config: GatewayConfig,
  problems: ConfigProblem[],
): void {
  if (publicUrl === undefined) {
    const message =
      'identify.issuers needs listen.publicUrl: tokens are issued for the URLs that clients use, which the address to bind does not tell';
    problems.push({ path: ['listen'], message });
  } else {
    checkResource(publicUrl, ['listen', 'publicUrl'], problems);
  }
  for (const [name, { resource }] of Object.entries(config.servers))
    if (resource !== undefined) checkResource(resource, ['servers', name, 'resource'], problems);
}

/** By the rules of whoever will check the tokens. */
function checkResource(resource: string, at: ConfigPath, problems: ConfigProblem[]): void {
  try {
    createResourceVerifier({ resource, issuers: [{ issuer: 'https://issuer.invalid' }] });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report(problems, at, `cannot be what tokens are issued for: ${why}`);
  }
}

function toIssuer({ introspection, ...issuer }: IssuerConfig): IssuerPlan {
  if (introspection === undefined) return issuer;
  return { ...issuer, introspection: { always: false, ...introspection } };
}

function compileKeys(
  { keys }: IdentifyConfig,
  config: GatewayConfig,
  problems: ConfigProblem[],
): KeysPlan | undefined {
  if (keys === undefined) return undefined;
  if ('file' in keys) return { file: keys.file };
  checkKeys(keys, ['identify', 'keys'], { config, problems });
  return { entries: keys };
}
