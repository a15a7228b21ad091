import type { GatewayConfig } from '../config/config.ts';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { positive } from '../plan/bounds.ts';
import type { QuotaConfig, QuotaPlan, QuotaScope, RatePlan } from './config.ts';

/** The plan of `quotas`, in the order given. */
export function compileQuotas(config: GatewayConfig, problems: ConfigProblem[]): readonly QuotaPlan[] {
  const { quotas = [] } = config;
  return quotas.map((quota, i) => {
    const at: ConfigPath = ['quotas', i];
    const report = (why: string, ...rest: readonly (string | number)[]) => {
      const path = [...at, ...rest];
      problems.push({ path, message: `${formatPath(path)} ${why}` });
    };
    if (quotas.findIndex(({ name }) => name === quota.name) !== i)
      report(`is named "${quota.name}", as another quota is`, 'name');
    checkQuota(quota, config, report);
    return {
      name: quota.name,
      // The schema admits these words and no others.
      per: (quota.per ?? []) as readonly QuotaScope[],
      rate: rateOf(quota, at, problems),
      concurrent: quota.concurrent,
      methods: quota.methods && new Set(quota.methods),
      servers: quota.servers && new Set(quota.servers),
      tools: quota.tools && new Set(quota.tools),
      onStateLoss: quota.onStateLoss ?? 'allow',
    };
  });
}

// ---

type Report = (why: string, ...rest: readonly (string | number)[]) => void;

function checkQuota(quota: QuotaConfig, config: GatewayConfig, report: Report): void {
  const { limit, concurrent, every, burst, per = [], servers = [], tools, methods } = quota;
  if (limit === undefined && concurrent === undefined)
    report('limits nothing: give limit, concurrent, or both');
  if (limit === undefined && (every !== undefined || burst !== undefined))
    report('has every or burst without limit');
  for (const [i, scope] of per.entries())
    if ((scope === 'caller' || scope === 'tenant') && config.identify === undefined)
      report('cannot tell callers apart without identify', 'per', i);
  for (const [i, name] of servers.entries())
    if (!Object.hasOwn(config.servers, name)) report(`is "${name}", which is no server`, 'servers', i);
  if (tools !== undefined && methods !== undefined && !methods.includes('tools/call'))
    report('names tools, and methods without tools/call', 'methods');
}

function rateOf(
  { limit, every = '1m', burst }: QuotaConfig,
  at: ConfigPath,
  problems: ConfigProblem[],
): RatePlan | undefined {
  if (limit === undefined) return undefined;
  return { limit, everyMs: positive(every, [...at, 'every'], problems), burst: burst ?? limit };
}
