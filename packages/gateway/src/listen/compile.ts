import type { GatewayConfig } from '../config/config.ts';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { isLoopbackHost } from '../plan/loopback.ts';
import type { ListenPlan, ListenTlsConfig, ListenTlsPlan } from './config.ts';

/** The plan of `listen`. */
export function compileListen(config: GatewayConfig, problems: ConfigProblem[]): ListenPlan {
  const { host = '127.0.0.1', port = 8080, tls } = config.listen ?? {};
  if (!isLoopbackHost(host)) checkExposure(config, host, problems);
  return { host, port, tls: compileListenTls(tls, ['listen', 'tls'], problems) };
}

/** The plan of the `tls` of a listener. */
export function compileListenTls(
  tls: ListenTlsConfig | undefined,
  at: ConfigPath,
  problems: ConfigProblem[],
): ListenTlsPlan | undefined {
  if (tls === undefined) return undefined;
  const { cert, key, clientCa, clientCertificates } = tls;
  if (clientCertificates !== undefined && clientCa === undefined) {
    const path = [...at, 'clientCertificates'];
    problems.push({ path, message: `${formatPath(path)} needs clientCa: nobody else vouches for clients` });
  }
  return {
    ...{ cert, key, clientCa },
    clientCertificates: clientCa === undefined ? 'none' : (clientCertificates ?? 'request'),
  };
}

/** The host of the public URL, as it stands in `Host`; `undefined` without one. */
export function publicHost({ listen }: GatewayConfig): string | undefined {
  const url = listen?.publicUrl;
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).host.toLowerCase();
}

// ---

function checkExposure(config: GatewayConfig, host: string, problems: ConfigProblem[]): void {
  const path = ['listen', 'host'];
  if (config.listen?.expose !== true && config.identify === undefined) {
    const message = `listen.host "${host}" can be reached from other machines, and this gateway does not identify its callers; set identify, bind 127.0.0.1, or say "expose: true" under listen`;
    problems.push({ path, message });
  }
  if (config.allowedHosts === undefined && publicHost(config) === undefined) {
    const message = `listen.host "${host}" needs allowedHosts: the host names clients use, or ["*"] for any`;
    problems.push({ path, message });
  }
}
