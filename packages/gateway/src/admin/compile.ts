import { type ConfigProblem, formatPath } from '../config/problem.ts';
import { checkCertificates } from '../identify/compile.ts';
import { compileListenTls } from '../listen/compile.ts';
import { isLoopbackHost, LOOPBACK_HOSTS } from '../plan/loopback.ts';
import type { AdminConfig, AdminPlan } from './config.ts';

/** The plan of `admin`; `undefined` where there is none. */
export function compileAdmin(
  config: AdminConfig | undefined,
  problems: ConfigProblem[],
): AdminPlan | undefined {
  if (config === undefined) return undefined;
  const { host = '127.0.0.1', port = 9090, tokens = {}, allowedHosts, metrics = 'token' } = config;
  if (!isLoopbackHost(host)) checkExposure(config, host, problems);
  const tls = compileListenTls(config.tls, ['admin', 'tls'], problems);
  checkCertificates(config.certificates, { at: ['admin'], tls: config.tls, tlsAt: 'admin.tls' }, problems);
  const hosts = (allowedHosts ?? LOOPBACK_HOSTS).map((name) => name.toLowerCase());
  return {
    ...{ host, port, tls, tokens, metrics },
    certificates: config.certificates ?? [],
    hosts: hosts.includes('*') ? undefined : new Set(hosts),
  };
}

// ---

function checkExposure({ tls, expose, allowedHosts }: AdminConfig, host: string, problems: ConfigProblem[]) {
  const path = ['admin', 'host'];
  const at = `${formatPath(path)} "${host}" can be reached from other machines`;
  if (tls === undefined && expose !== true) {
    const message = `${at}, and without TLS tokens cross the network in the clear; set admin.tls, bind 127.0.0.1, or say "expose: true" under admin`;
    problems.push({ path, message });
  }
  if (allowedHosts === undefined)
    problems.push({ path, message: `${at}: set admin.allowedHosts, the names operators use` });
}
