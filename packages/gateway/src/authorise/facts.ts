import type { Tool } from '@switchyard/wire';
import type { Caller, CallerProof } from '../identify/caller.ts';

// What rules look at. Classes, because the expression engine knows types by their constructor.

/** `caller` in a rule. What the credentials do not say is empty. */
export class CallerFacts {
  readonly by: CallerProof;
  readonly issuer: string;
  readonly subject: string;
  readonly client: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;

  constructor(caller: Caller) {
    this.by = caller.by;
    this.issuer = caller.issuer;
    this.subject = caller.subject;
    this.client = caller.client ?? '';
    this.tenant = caller.tenant ?? '';
    this.scopes = caller.scopes;
    this.claims = caller.claims ?? {};
  }
}

/** `request` in a rule. */
export class RequestFacts {
  readonly method: string;
  /** What the method names: a tool, a prompt, a resource's URI, a task's id; empty where it names nothing. */
  readonly name: string;
  /** The path that the caller used. */
  readonly door: string;
  readonly version: string;
  /** `Mcp-Param-*`, decoded, by the rest of the header's name in lower case. */
  readonly params: ReadonlyMap<string, string>;
  /** Whether `params` are known: not for a member of a list, which nobody has asked for yet. */
  readonly whole: boolean;

  constructor(parts: RequestParts) {
    this.method = parts.method;
    this.name = parts.name ?? '';
    this.door = parts.door;
    this.version = parts.version;
    this.params = parts.params ?? new Map();
    this.whole = parts.params !== undefined;
  }
}

/** What request facts are made of. */
export interface RequestParts {
  readonly method: string;
  readonly name: string | undefined;
  readonly door: string;
  readonly version: string;
  readonly params: ReadonlyMap<string, string> | undefined;
}

/** `server` in a rule. */
export class ServerFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;

  constructor({ name, labels }: Pick<ServerFacts, 'name' | 'labels'>) {
    this.name = name;
    this.labels = labels;
  }
}

/** `tool` in a rule. */
export class ToolFacts {
  readonly name: string;
  readonly annotations: AnnotationFacts;

  constructor(name: string, annotations: Tool['annotations']) {
    this.name = name;
    this.annotations = new AnnotationFacts(annotations ?? {});
  }
}

/** `tool.annotations` in a rule: what the server says of the tool; what it does not say is what the specification assumes. */
export class AnnotationFacts {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;

  constructor(said: NonNullable<Tool['annotations']>) {
    this.readOnlyHint = said.readOnlyHint === true;
    this.destructiveHint = said.destructiveHint !== false;
    this.idempotentHint = said.idempotentHint === true;
    this.openWorldHint = said.openWorldHint !== false;
  }
}

/** What a decision is made on. What is absent is not known yet, or cannot be known. */
export interface Facts {
  readonly caller: CallerFacts;
  readonly request?: RequestFacts;
  readonly server?: ServerFacts;
  /** `null` where the request concerns no tool. */
  readonly tool?: ToolFacts | null;
  /** The name of the tool, where that is all that is known of it. */
  readonly toolName?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}
