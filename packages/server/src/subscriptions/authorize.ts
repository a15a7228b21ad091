import type { RequestContext } from '../context/request-context.ts';

/** Decides whether a principal may hear of a resource's updates; runs for every URI asked for. */
export type AuthorizeSubscription = (uri: string, ctx: RequestContext) => boolean | Promise<boolean>;
