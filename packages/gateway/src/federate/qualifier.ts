import { methodInfo } from '@switchyard/wire';
import type { FederationPlan, MemberPlan } from './config.ts';
import { labelIn, qualifyUri, unqualifyUri } from './uris.ts';

/** A name that callers use, resolved. */
export interface Resolved {
  readonly member: MemberPlan;
  /** The server's own name for it. For the id of a task it is still the federation's: only the caller's request opens it. */
  readonly name: string;
}

/** Why a server's own name cannot be offered. */
export type NameFault = 'shadowed' | 'too-long';

const SEPARATOR = '__';

/**
 * What names mean on the federated path, by the plan alone: no list has to have been read before, and every instance says
 * the same. A prefix neither holds `__` nor ends in `_`, so that the first `__` of a qualified name ends its prefix.
 */
export class Qualifier {
  readonly plan: FederationPlan;
  readonly #byPrefix: ReadonlyMap<string, MemberPlan>;
  readonly #byLabel: ReadonlyMap<string, MemberPlan>;
  /** The member whose names stay as they are. */
  readonly #plain: MemberPlan | undefined;

  constructor(plan: FederationPlan) {
    this.plan = plan;
    this.#byPrefix = new Map(plan.members.map((member) => [member.prefix, member]));
    this.#byLabel = new Map(plan.members.map((member) => [member.label, member]));
    this.#plain = this.#byPrefix.get('');
  }

  /** What a name of that method means; `undefined` where no member has it. */
  resolve(method: string, name: string): Resolved | undefined {
    const source = methodInfo(method)?.nameSource;
    if (source === 'name') return this.resolveName(name);
    if (source === 'uri') return this.resolveUri(name);
    return this.resolveTask(name);
  }

  /** The qualified name of a tool or prompt. */
  qualify(member: MemberPlan, name: string): string {
    return member.prefix === '' ? name : member.prefix + SEPARATOR + name;
  }

  /** Whether callers can be offered a tool or prompt of that name: it has to come back to the same server. */
  faultOf(member: MemberPlan, name: string): NameFault | undefined {
    const qualified = this.qualify(member, name);
    if (qualified.length > this.plan.longestName) return 'too-long';
    return this.resolveName(qualified)?.member === member ? undefined : 'shadowed';
  }

  resolveName(name: string): Resolved | undefined {
    const end = name.indexOf(SEPARATOR);
    const member = end > 0 ? this.#byPrefix.get(name.slice(0, end)) : undefined;
    if (member !== undefined) return { member, name: name.slice(end + SEPARATOR.length) };
    return this.#plain === undefined ? undefined : { member: this.#plain, name };
  }

  /** The qualified URI, or URI template, of a resource. */
  qualifyUri(member: MemberPlan, uri: string): string {
    return qualifyUri(member.label, uri);
  }

  /** As `faultOf`, for URIs and URI templates. */
  uriFaultOf(member: MemberPlan, uri: string): NameFault | undefined {
    return this.resolveUri(this.qualifyUri(member, uri))?.member === member ? undefined : 'shadowed';
  }

  resolveUri(uri: string): Resolved | undefined {
    const label = labelIn(uri);
    const member = label === undefined || label === '' ? undefined : this.#byLabel.get(label);
    if (member !== undefined && label !== undefined) return { member, name: unqualifyUri(label, uri) };
    return this.#plain === undefined ? undefined : { member: this.#plain, name: uri };
  }

  /** The member that the id of a task says it belongs to; opening it tells whether it does. */
  resolveTask(id: string): Resolved | undefined {
    const end = id.indexOf(TASK_SEPARATOR);
    const member = end === -1 ? undefined : this.#byLabel.get(id.slice(0, end));
    return member === undefined ? undefined : { member, name: id };
  }

  member(server: string): MemberPlan | undefined {
    return this.plan.members.find((member) => member.server === server);
  }
}

/** Stands between the label and the sealed part of a task's id, in neither of which it can be. */
export const TASK_SEPARATOR = '~';
