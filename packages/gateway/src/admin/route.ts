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

/** One thing that can be asked of the admin port. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Who may ask: anybody who reaches the port, or whoever has a token. */
  readonly access: 'anybody' | 'operator';
  /** Whether asking is put on record. */
  readonly recorded?: true;
  handle(request: AdminRequest): AdminReply | Promise<AdminReply>;
}
