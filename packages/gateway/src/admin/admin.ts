import type { DeployContext } from '../deploy-context.ts';
import { readTls, type TlsMaterial } from '../listen/tls-material.ts';
import { AdminServer } from './admin-server.ts';
import type { AdminPlan } from './config.ts';
import type { Operated } from './operated.ts';
import { Operators } from './operators.ts';
import { ADMIN_ROUTES } from './routes.ts';

/** A plan of the admin port with all that it refers to. */
export interface ReadAdmin {
  readonly plan: AdminPlan;
  readonly operators: Operators;
  readonly tls: TlsMaterial | undefined;
}

/** The admin port of a gateway, over its reloads. */
export class Admin {
  readonly #context: DeployContext;
  readonly #server: AdminServer;
  #current: ReadAdmin;

  /** Throws `ConfigError` where a token or a certificate cannot be read. */
  constructor(plan: AdminPlan, operated: Operated, context: DeployContext) {
    this.#context = context;
    this.#current = this.read(plan);
    this.#server = new AdminServer({
      routes: ADMIN_ROUTES,
      world: { operated, context },
      current: () => this.#current,
      tls: this.#current.tls,
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

  /** Reads what another plan refers to. Changes nothing; throws `ConfigError` where a token or a certificate cannot be read. */
  read(plan: AdminPlan): ReadAdmin {
    const { secrets, clock } = this.#context;
    return {
      plan,
      operators: new Operators(plan, secrets, clock),
      tls: plan.tls && readTls(plan.tls, ['admin', 'tls'], secrets),
    };
  }

  /** Goes by another plan from now on. */
  use(read: ReadAdmin): void {
    this.#current = read;
    this.#server.renew(read.tls);
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
