import { createHash } from 'node:crypto';
import { createTokenChecks, type TokenChecks, type TrustedIssuer } from '@switchyard/auth/resource';
import type { Secrets } from '../config/secret.ts';
import type { Resource, Resources } from '../resources.ts';
import type { IdentifyPlan } from './plan.ts';

/** What is known of the issuers and their tokens: kept over reloads that change nothing about them. */
export interface HeldChecks {
  readonly issuers: readonly TrustedIssuer[];
  readonly checks: TokenChecks;
  release(): Promise<void>;
}

/** The issuers of a plan, with the secrets for asking them. Throws `ConfigError` where a secret cannot be read. */
export function holdChecks(
  plan: IdentifyPlan,
  {
    resources,
    secrets,
    clock,
  }: { readonly resources: Resources; readonly secrets: Secrets; readonly clock: () => number },
): HeldChecks {
  const issuers = plan.issuers.map(({ introspection, ...issuer }, i): TrustedIssuer => {
    if (introspection === undefined) return issuer;
    const { clientSecret, ...rest } = introspection;
    const at = ['identify', 'issuers', i, 'introspection', 'clientSecret'];
    return { ...issuer, introspection: { ...rest, clientAuth: secrets.read(clientSecret, at) } };
  });
  const { clockToleranceMs, rememberMs, publicUrl } = plan;
  const made = JSON.stringify([issuers, clockToleranceMs, rememberMs, publicUrl]);
  const key = `tokens:${createHash('sha256').update(made).digest('base64')}`;
  const held = resources.hold(
    key,
    () => new Checks(issuers, { clockToleranceMs, cacheMs: rememberMs, now: clock, resource: publicUrl }),
  );
  return { issuers, checks: held.checks, release: () => resources.release(key) };
}

// ---

class Checks implements Resource {
  readonly checks: TokenChecks;

  constructor(
    issuers: readonly TrustedIssuer[],
    options: Omit<Parameters<typeof createTokenChecks>[0], 'issuers'>,
  ) {
    this.checks = createTokenChecks({ ...options, issuers });
  }

  /** Keys and outcomes are memory only. */
  close(): void {}
}
