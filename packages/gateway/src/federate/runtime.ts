import type { Implementation } from '@switchyard/wire';
import type { Authority } from '../authorise/authority.ts';
import type { Feeds } from '../feeds/feeds.ts';
import type { ServeContext } from '../surface/serve.ts';
import type { Handles } from './handles.ts';
import type { NameReports } from './name-reports.ts';

/** What a federation has beside its plan while it is in use. */
export interface FederationRuntime {
  readonly handles: Handles;
  /** What it says of itself. */
  readonly info: Implementation;
  /** The notifications that its listeners share. */
  readonly feeds: Feeds;
  readonly reports: NameReports;
}

/** What answering on a federated path needs. */
export interface FederateContext extends ServeContext {
  /** `undefined` where the plan has no federation. */
  readonly federation: FederationRuntime | undefined;
  /** Who may do what; `undefined` where everybody may do everything. */
  readonly authority: Authority | undefined;
}
