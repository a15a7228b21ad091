import type { DeployContext } from '../deploy-context.ts';
import type { AdminPlan } from './config.ts';
import type { Operated } from './operated.ts';

/** A request to the admin port, once it has been let in. */
export interface AdminRequest {
  /** Whose token it came with; `undefined` where none was asked for. */
  readonly operator: string | undefined;
  readonly query: URLSearchParams;
  /** The body, parsed; `undefined` where there was none. */
  readonly body: unknown;
}

/** What the admin port answers. */
export interface AdminReply {
  readonly status: number;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, as `type`. */
  readonly text?: string;
  readonly type?: string;
}

/** What routes work with. */
export interface AdminWorld {
  readonly operated: Operated;
  readonly context: DeployContext;
}

/** Who may ask: anybody who reaches the port, or operators. */
export type AdminAccess = 'anybody' | 'operator';

/** One thing that can be asked of the admin port. The document and the page of the API are made of these. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Who may ask, or how the configuration says so. */
  readonly access: AdminAccess | ((plan: AdminPlan) => AdminAccess);
  /** Whether asking is put on record. */
  readonly recorded?: true;
  readonly told: AdminOperation;
  handle(request: AdminRequest, world: AdminWorld): AdminReply | Promise<AdminReply>;
}

/** What is told of a route. */
export interface AdminOperation {
  /** Unique; names the function in generated clients. */
  readonly id: string;
  /** One sentence, without its full stop. */
  readonly summary: string;
  readonly query?: Readonly<Record<string, AdminParameter>>;
  /** The schema of the body, which is required. */
  readonly body?: ApiSchemaName;
  /** By status; what every route may answer (401, 403, 500 …) goes without saying. */
  readonly answers: Readonly<Record<number, AdminAnswer>>;
}

/** A parameter of the query. */
export interface AdminParameter {
  readonly description: string;
  readonly schema: ApiSchema;
}

/** What may be answered with one status. */
export interface AdminAnswer {
  readonly description: string;
  /** The schema of the JSON; of each line, where `type` is of lines. */
  readonly schema?: ApiSchemaName;
  /** @default 'application/json' */
  readonly type?: string;
}

/** A JSON Schema, 2020-12. */
export type ApiSchema = Readonly<Record<string, unknown>>;

/** The name of a schema of the document. */
export type ApiSchemaName =
  | 'Decided'
  | 'Document'
  | 'Draining'
  | 'Error'
  | 'Health'
  | 'Pin'
  | 'PinKey'
  | 'Pins'
  | 'Plan'
  | 'PlannedServer'
  | 'Problem'
  | 'Ready'
  | 'Record'
  | 'Reloaded'
  | 'Replica'
  | 'Server'
  | 'Servers'
  | 'Unready'
  | 'Unusable';
