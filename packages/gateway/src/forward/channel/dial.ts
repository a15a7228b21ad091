import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { channelError } from './channel.ts';
import { admitsAddress, type NetworkMode } from './config.ts';
import type { TlsMaterial } from './tls.ts';

/** How connections are made. */
export interface DialOptions {
  readonly timeoutMs: number;
  readonly network: NetworkMode;
  readonly tls: TlsMaterial | undefined;
  readonly http2: boolean;
  /** How names become addresses. */
  readonly lookup: LookupFunction | undefined;
}

/** A connector by those options. Addresses are looked at when they are dialled: what a name meant before does not count. */
export function dialer(options: DialOptions): buildConnector.connector {
  const { timeoutMs, network, tls, http2 } = options;
  const { ca, cert, key, servername } = tls ?? {};
  const lookup = network === 'any' ? options.lookup : guarded(network, options.lookup ?? systemLookup);
  const connect = buildConnector({
    timeout: timeoutMs,
    allowH2: http2,
    ...(lookup === undefined ? {} : { lookup }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  });
  if (network === 'any') return connect;
  return (target, callback) => {
    // Addresses are not looked up.
    const literal = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) === 0 || admitsAddress(network, literal)) connect(target, callback);
    else process.nextTick(callback, forbidden(), null);
  };
}

// ---

function guarded(network: NetworkMode, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      const addresses: readonly LookupAddress[] = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => admitsAddress(network, address)))
        callback(forbidden(), '');
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

function forbidden(): Error {
  return channelError('FORBIDDEN_ADDRESS', 'the address may not be dialled');
}
