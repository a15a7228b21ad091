import type { ServerPlan, VariantPlan } from '../../plan/plan.ts';
import type { VariantConfig } from './config.ts';

/** The plan of another version of a server. */
export function variantOf(
  server: ServerPlan,
  kind: 'canary' | 'shadow',
  given: { readonly config: VariantConfig; readonly replicas: ServerPlan['replicas'] },
): VariantPlan {
  const { config, replicas } = given;
  return {
    // No server can be called that: "@" is in no name.
    server: { ...server, name: `${server.name}@${kind}`, replicas, canary: undefined, shadow: undefined },
    share: (config.share ?? 100) / 100,
    tools: config.tools === undefined ? undefined : new Set(config.tools),
  };
}
