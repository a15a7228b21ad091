import { CORS_EXPOSED_HEADERS, corsRequestHeaders } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { HostPolicy } from './host-policy.ts';

/** Lets the pages of configured origins read answers. Says whether it has answered the exchange itself: a preflight. */
export type CrossOrigin = (exchange: Exchange) => boolean;

/** For how many seconds a browser may remember the answer to a preflight. */
const PREFLIGHT_SECONDS = '600';

/**
 * Builds what speaks CORS for the configured origins, in lower case. Without any, pages of loopback origins may send requests
 * to a local server, but none can read an answer. Spec: Fetch, CORS protocol.
 */
export function crossOrigin(hosts: HostPolicy, origins: ReadonlySet<string>): CrossOrigin {
  return (exchange) => {
    const origin = exchange.header('origin');
    const isKnown = origin !== undefined && (origins.has('*') || origins.has(origin.toLowerCase()));
    if (!origins.has('*')) exchange.alsoSend({ vary: 'origin' });
    if (!isKnown) return false;
    exchange.alsoSend({
      // Never the origin itself under '*': what is cached for one page must do for all.
      'access-control-allow-origin': origins.has('*') ? '*' : origin,
      'access-control-expose-headers': EXPOSED,
    });
    return isPreflight(exchange) && hosts.check(exchange.header('host'), origin) === undefined
      ? answerPreflight(exchange)
      : false;
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const EXPOSED = CORS_EXPOSED_HEADERS.join(', ');

function isPreflight(exchange: Exchange): boolean {
  return exchange.verb === 'OPTIONS' && exchange.header('access-control-request-method') === 'POST';
}

/** Without a look at who asks: browsers send no credentials with a preflight. */
function answerPreflight(exchange: Exchange): true {
  const requested = exchange.header('access-control-request-headers');
  exchange.reply({
    status: 204,
    headers: {
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': corsRequestHeaders(requested).join(', '),
      'access-control-max-age': PREFLIGHT_SECONDS,
    },
  });
  return true;
}
