import type { ServerConfig } from '../config/config.ts';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import type { ReplicaPlan } from './plan.ts';

/** The replicas of a server: its URLs, or the processes that are to be started. */
export function replicasOf(
  name: string,
  { replicas = [], stdio }: ServerConfig,
  problems: ConfigProblem[],
): readonly ReplicaPlan[] {
  if (stdio === undefined)
    return replicas.map((url, i) => compileReplica(url, ['servers', name, 'replicas', i], problems));
  return Array.from({ length: stdio.instances ?? 1 }, (_, i) => {
    const label = `stdio:${name}#${i + 1}`;
    return { url: label, label, origin: '', target: '' };
  });
}

/** A replica that is reached over HTTP. */
export function compileReplica(url: string, at: ConfigPath, problems: ConfigProblem[]): ReplicaPlan {
  const refuse = (why: string): ReplicaPlan => {
    problems.push({ path: at, message: `${formatPath(at)} ${why}` });
    return { url, label: '', origin: '', target: '' };
  };
  if (!URL.canParse(url)) return refuse(`"${url}" is not a URL`);
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') {
    return refuse('carries a user name or password; credentials do not belong in the configuration file');
  }
  const { origin, pathname, search } = parsed;
  return { url, label: origin + pathname, origin, target: pathname + search };
}
