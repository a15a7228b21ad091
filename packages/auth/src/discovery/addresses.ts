/** Whether a host, as `URL.hostname` writes it, is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname);
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const address = parseAddress(host);
  return address !== undefined && isLoopbackAddress(address);
}

/** Whether a host is the address of none in particular (0.0.0.0, ::), by which systems reach this machine all the same. */
export function isUnspecifiedHost(hostname: string): boolean {
  const address = parseAddress(bare(hostname));
  return address !== undefined && (embeddedV4(address) ?? address).every((byte) => byte === 0);
}

/**
 * Whether a host, as `URL.hostname` writes it, is an address that is not of the public internet: loopback, private, link-local
 * (cloud metadata services included), shared, multicast, reserved, also when written inside an IPv6 address. Names other than
 * `localhost` are not: who resolves them must look at the outcome.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = bare(hostname);
  if (isLoopbackHost(host)) return true;
  const address = parseAddress(host);
  return address !== undefined && isPrivateAddress(address);
}

/**
 * Where an address leads: `loopback` is this machine, `private` a network of one's own (RFC 1918, RFC 4193, shared address
 * space), `special` link-local (cloud metadata services included), multicast, documentation, reserved; `public` all else.
 */
export type AddressKind = 'public' | 'private' | 'loopback' | 'special';

/** The kind of an address, also when written inside an IPv6 address; `undefined` for a name. */
export function addressKind(hostname: string): AddressKind | undefined {
  const address = parseAddress(bare(hostname));
  if (address === undefined) return undefined;
  if (isLoopbackAddress(address)) return 'loopback';
  if (!isPrivateAddress(address)) return 'public';
  return isOwnNetwork(address) ? 'private' : 'special';
}

/** Whether a host is written as an address. */
export function isAddress(hostname: string): boolean {
  return parseAddress(bare(hostname)) !== undefined;
}

// ---

/** Four or sixteen bytes. */
type Address = readonly number[];

function bare(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function parseAddress(host: string): Address | undefined {
  return host.includes(':') ? parseV6(host) : parseV4(host);
}

function parseV4(host: string): Address | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (match === null) return undefined;
  const bytes = match.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** An IPv6 address; `URL` compresses it, resolvers may also write its end as IPv4 and add a zone. */
function parseV6(host: string): Address | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(host.replace(/%.*$/, ''));
  const v4 = tail === null ? undefined : parseV4(tail[2] ?? '');
  if (tail !== null && v4 === undefined) return undefined;
  const text = tail === null ? host.replace(/%.*$/, '') : (tail[1] ?? '').replace(/([^:]):$/, '$1');
  const [left, right, ...more] = text.split('::').map(groups);
  if (left === undefined || more.length > 0) return undefined;
  const head = left;
  const end = [...(right ?? []), ...(v4 ?? [])];
  const gap = 16 - head.length - end.length;
  if (right === undefined ? gap !== 0 : gap < 2) return undefined;
  const bytes = [...head, ...new Array<number>(gap).fill(0), ...end];
  return bytes.every((byte) => byte >= 0 && byte <= 255) ? bytes : undefined;
}

function groups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    const value = /^[0-9a-f]{1,4}$/.test(group) ? Number.parseInt(group, 16) : Number.NaN;
    return [Math.floor(value / 256), value % 256];
  });
}

function isLoopbackAddress(address: Address): boolean {
  const v4 = embeddedV4(address);
  if (v4 !== undefined) return v4[0] === 127;
  return address.slice(0, 15).every((byte) => byte === 0) && address[15] === 1;
}

function isPrivateAddress(address: Address): boolean {
  const v4 = embeddedV4(address);
  if (v4 !== undefined) return isPrivateV4(v4);
  const [first = 0, second = 0] = address;
  // Only 2000::/3 is the public internet; documentation addresses lie within.
  if (first < 0x20 || first > 0x3f) return true;
  return first === 0x20 && second === 0x01 && address[2] === 0x0d && address[3] === 0xb8;
}

function isOwnNetwork(address: Address): boolean {
  const [a = 0, b = 0] = embeddedV4(address) ?? address;
  if (embeddedV4(address) === undefined) return a === 0xfc || a === 0xfd;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
}

/** The IPv4 address that an address is or carries: mapped, compatible, NAT64, 6to4. */
function embeddedV4(address: Address): Address | undefined {
  if (address.length === 4) return address;
  const zeros = (from: number, to: number) => address.slice(from, to).every((byte) => byte === 0);
  const last = address.slice(12);
  if (zeros(0, 10) && address[10] === 0xff && address[11] === 0xff) return last;
  if (zeros(0, 12) && (last[0] ?? 0) + (last[1] ?? 0) + (last[2] ?? 0) > 0) return last;
  // Only under the well-known prefix: under others, such as 64:ff9b:1::/48, it may lie elsewhere than at the end. Spec: RFC 6052 §2.2.
  const nat64 = address[0] === 0 && address[1] === 0x64 && address[2] === 0xff && address[3] === 0x9b;
  if (nat64 && zeros(4, 12)) return last;
  return address[0] === 0x20 && address[1] === 0x02 ? address.slice(2, 6) : undefined;
}

function isPrivateV4([a = 0, b = 0, c = 0]: Address): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b <= 127;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 192) return b === 168 || (b === 0 && (c === 0 || c === 2));
  if (a === 198) return b === 18 || b === 19 || (b === 51 && c === 100);
  return a === 203 && b === 0 && c === 113;
}
