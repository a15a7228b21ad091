import { AUTHORIZATION } from './areas/authorization.ts';
import { AUTHORIZATION_SERVER } from './areas/authorization-server.ts';
import { CACHING } from './areas/caching.ts';
import { CALLS } from './areas/calls.ts';
import { DISCOVERY } from './areas/discovery.ts';
import { ENVELOPE } from './areas/envelope.ts';
import { ERROR_ANSWERS } from './areas/errors.ts';
import { HEADERS } from './areas/headers.ts';
import { LISTENING } from './areas/listening.ts';
import { LISTS } from './areas/lists.ts';
import { MESSAGES } from './areas/messages.ts';
import { OVERALL } from './areas/overall.ts';
import { PARAMETERS } from './areas/parameters.ts';
import { PROTECTION } from './areas/protection.ts';
import { ROUNDS } from './areas/rounds.ts';
import { TOOLS } from './areas/tools.ts';
import { TRANSPORT } from './areas/transport.ts';
import { VERSIONS } from './areas/versions.ts';
import type { Area } from './check.ts';

/** What can be looked at without being let in. */
export const OUTSIDE: readonly Area[] = [AUTHORIZATION, AUTHORIZATION_SERVER];

/** Everything that is looked at, in order. */
export const AREAS: readonly Area[] = [
  DISCOVERY,
  VERSIONS,
  HEADERS,
  ENVELOPE,
  MESSAGES,
  ERROR_ANSWERS,
  LISTS,
  CACHING,
  TOOLS,
  CALLS,
  PARAMETERS,
  ROUNDS,
  LISTENING,
  TRANSPORT,
  PROTECTION,
  ...OUTSIDE,
  OVERALL,
];
