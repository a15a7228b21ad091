import type { Exam } from './exam.ts';
import { isLoopback } from './loopback.ts';
import { NoAnswer } from './no-answer.ts';
import { isObject, type Json, type Reply } from './reply.ts';

/** What a server publishes about authorization. */
export interface Documents {
  /** The metadata of the protected resource, or where they were looked for. */
  readonly resource: { readonly url: URL; readonly document: Json } | { readonly tried: readonly string[] };
  readonly issuers: readonly IssuerDocument[];
}

/** An authorization server that the resource names, with its metadata where it has any. */
export interface IssuerDocument {
  readonly issuer: string;
  readonly document: Json | undefined;
}

/** A challenge, read. */
export interface ReadChallenge {
  /** In lower case. */
  readonly scheme: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly text: string | undefined;
}

/** The most authorization servers that are looked at. */
const MAX_ISSUERS = 4;

/** What a caller without any credential is answered. */
export function unauthenticated(exam: Exam): Promise<Reply> {
  return exam.once('unauthenticated', () => exam.probe.call('server/discover', {}, { anonymous: true }));
}

/** Whether the server wants a token. */
export async function isGuarded(exam: Exam): Promise<boolean> {
  return (await unauthenticated(exam)).status === 401;
}

/** The first challenge of a refusal. Spec: RFC 9110 §11.6.1. */
export function challengeOf({ headers }: Reply): ReadChallenge {
  const text = headers['www-authenticate'];
  const [, scheme] = /^\s*([!#$%&'*+\-.^_`|~\w]+)(?:\s|$)/.exec(text ?? '') ?? [];
  const pairs = (text ?? '').matchAll(/([!#$%&'*+\-.^_`|~\w]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g);
  const parameters = [...pairs].map(([, name = '', quoted, plain]) => [
    name.toLowerCase(),
    quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
  ]);
  return { scheme: scheme?.toLowerCase(), parameters: Object.fromEntries(parameters), text };
}

/** Looks up the metadata of the resource and of its authorization servers, as clients do. */
export function documentsOf(exam: Exam): Promise<Documents> {
  return exam.once('documents', async () => {
    const named = challengeOf(await unauthenticated(exam)).parameters['resource_metadata'];
    const urls = resourceUrls(exam.probe.url, named);
    const found = await firstDocument(exam, urls);
    if (found === undefined) return { resource: { tried: urls.map(({ href }) => href) }, issuers: [] };
    const { authorization_servers: servers } = found.document;
    const names = Array.isArray(servers)
      ? servers.filter((each) => typeof each === 'string').slice(0, MAX_ISSUERS)
      : [];
    const issuers: IssuerDocument[] = [];
    for (const issuer of names) {
      issuers.push({ issuer, document: (await firstDocument(exam, issuerUrls(issuer)))?.document });
    }
    return { resource: found, issuers };
  });
}

// ---

/** Where a challenge says, else at the path, else at the root. */
function resourceUrls(endpoint: URL, named: string | undefined): readonly URL[] {
  if (named !== undefined) return URL.canParse(named) ? [new URL(named)] : [];
  const path = endpoint.pathname.replace(/\/$/, '');
  const wellKnown = '/.well-known/oauth-protected-resource';
  return [...new Set([`${wellKnown}${path}`, wellKnown])].map((each) => new URL(each, endpoint.origin));
}

function issuerUrls(issuer: string): readonly URL[] {
  if (!URL.canParse(issuer)) return [];
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const inserted = ['oauth-authorization-server', 'openid-configuration'].map(
    (name) => `/.well-known/${name}${path}`,
  );
  const appended = path === '' ? [] : [`${path}/.well-known/openid-configuration`];
  return [...inserted, ...appended].map((each) => new URL(each, origin));
}

async function firstDocument(
  { probe }: Exam,
  urls: readonly URL[],
): Promise<{ readonly url: URL; readonly document: Json } | undefined> {
  for (const url of urls) {
    if (!mayDial(url, probe.url)) continue;
    const reply = await probe
      .send({ verb: 'GET', url, anonymous: true, headers: { accept: 'application/json' } })
      .catch((error: unknown) => {
        if (error instanceof NoAnswer) return undefined;
        throw error;
      });
    const document = reply?.status === 200 ? reply.messages[0] : undefined;
    if (isObject(document)) return { url, document };
  }
  return undefined;
}

/** A server elsewhere does not send us to this machine, nor anywhere without encryption. */
function mayDial(url: URL, endpoint: URL): boolean {
  if (isLoopback(url)) return isLoopback(endpoint);
  return url.protocol === 'https:' || url.origin === endpoint.origin;
}
