import type { DeployContext } from '../deploy-context.ts';
import { AdminServer } from './admin-server.ts';
import type { AdminPlan } from './config.ts';
import type { Operated } from './operated.ts';
import { adminRoutes } from './routes.ts';
import { readTokens, type TokenHolders } from './tokens.ts';

/** The admin port of a gateway, over its reloads. */
export class Admin {
  readonly #context: DeployContext;
  readonly #server: AdminServer;
  #current: { readonly plan: AdminPlan; readonly tokens: TokenHolders };

  /** Throws `ConfigError` where a token cannot be read. */
  constructor(plan: AdminPlan, operated: Operated, context: DeployContext) {
    this.#context = context;
    this.#current = { plan, tokens: readTokens(plan, context.secrets) };
    this.#server = new AdminServer({
      routes: adminRoutes(operated, context, () => this.#current.plan),
      current: () => this.#current,
      recorded: (operator, { method, path }, status) => {
        for (const stage of operated.deployment().stages)
          stage.operated?.({ operator, what: `${method} ${path}`, status });
      },
      failed: (error) => context.log({ type: 'failed', error }),
    });
  }

  /** Starts listening; resolves with the URL. */
  listen(): Promise<string> {
    return this.#server.listen(this.#current.plan);
  }

  /** Goes by another plan from now on. Throws `ConfigError`, and changes nothing, where a token cannot be read. */
  update(plan: AdminPlan): void {
    this.#current = { plan, tokens: readTokens(plan, this.#context.secrets) };
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
