import { type Area, type Check, noneOf, right, skipped, type Verdict, wrong } from '../check.ts';
import { documentsOf, type IssuerDocument, isGuarded } from '../documents.ts';
import { isLoopback } from '../loopback.ts';
import type { Json } from '../reply.ts';
import type { Rule } from '../rules.ts';

/** The authorization servers that the resource names. Spec: basic/authorization/authorization-server-discovery. */
export const AUTHORIZATION_SERVER: Area = {
  title: 'Authorization server',
  checks: [
    {
      id: 'issuer.metadata',
      title: 'Every authorization server publishes its metadata',
      rule: rule(
        'MUST',
        'basic/authorization#overview',
        'An authorization server offers OAuth 2.0 metadata (RFC 8414) or OpenID Connect Discovery.',
      ),
      mend: 'Serve /.well-known/oauth-authorization-server followed by the path of the issuer.',
      run: async (exam) => {
        if (!(await isGuarded(exam))) return skipped('the server lets callers in without a token');
        const { issuers } = await documentsOf(exam);
        if (issuers.length === 0) return skipped('no authorization server is named');
        return noneOf(
          issuers
            .filter(({ document }) => document === undefined)
            .map(({ issuer }) => `${issuer} publishes none.`),
        );
      },
    },
    everyIssuer('issuer.identity', {
      title: 'The metadata name the issuer that was asked for, character for character',
      rule: rule(
        'MUST',
        'basic/authorization/authorization-server-discovery#authorization-server-metadata-discovery',
        'The issuer in the metadata is identical to the one that they were looked up by; clients refuse others.',
      ),
      mend: 'Write the issuer in authorization_servers exactly as its own metadata have it, trailing slash included.',
      fault: ({ issuer }, document) =>
        document['issuer'] === issuer ? undefined : `calls itself ${JSON.stringify(document['issuer'])}`,
    }),
    everyIssuer('issuer.pkce', {
      title: 'PKCE with S256 is offered',
      rule: rule(
        'MUST',
        'basic/authorization/security-considerations#authorization-code-protection',
        'The metadata have code_challenge_methods_supported; clients refuse to go on without.',
      ),
      mend: 'Publish "code_challenge_methods_supported": ["S256"].',
      fault: (_, { code_challenge_methods_supported: methods }) =>
        Array.isArray(methods) && methods.includes('S256')
          ? undefined
          : `has code_challenge_methods_supported ${JSON.stringify(methods)}`,
    }),
    everyIssuer('issuer.encrypted', {
      title: 'Every endpoint is https',
      rule: rule(
        'MUST',
        'basic/authorization/security-considerations#communication-security',
        'All endpoints of an authorization server are served over HTTPS.',
      ),
      mend: 'Serve the endpoints over https.',
      fault: (_, document) => {
        const plain = ENDPOINTS.find((name) => isPlain(document[name]));
        return plain === undefined ? undefined : `has the ${plain} ${String(document[plain]).slice(0, 120)}`;
      },
    }),
    everyIssuer('issuer.response-issuer', {
      title: 'Authorization responses name their issuer',
      rule: rule(
        'SHOULD',
        'basic/authorization#authorization-response-validation',
        'Responses have the iss parameter (RFC 9207), and the metadata say so.',
      ),
      mend: 'Add iss to authorization responses, and publish "authorization_response_iss_parameter_supported": true.',
      fault: (_, document) =>
        document['authorization_response_iss_parameter_supported'] === true
          ? undefined
          : 'does not say that its responses name it',
    }),
    everyIssuer('issuer.client-documents', {
      title: 'Clients can identify themselves by a metadata document',
      rule: rule(
        'SHOULD',
        'basic/authorization/client-registration#client-id-metadata-documents',
        'Client ID Metadata Documents are supported.',
      ),
      mend: 'Support them, and publish "client_id_metadata_document_supported": true; dynamic registration is deprecated.',
      fault: (_, document) =>
        document['client_id_metadata_document_supported'] === true
          ? undefined
          : 'does not support client ID metadata documents',
    }),
  ],
};

// ---

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
];

function rule(level: Rule['level'], anchor: string, text: string): Rule {
  return { level, anchor, text };
}

function isPlain(endpoint: unknown): boolean {
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  return url.protocol !== 'https:' && !isLoopback(url);
}

interface IssuerCase {
  readonly title: string;
  readonly rule: Rule;
  readonly mend: string;
  /** What is wrong with one, told of "it". */
  readonly fault: (issuer: IssuerDocument, document: Json) => string | undefined;
}

function everyIssuer(id: string, { title, rule, mend, fault }: IssuerCase): Check {
  return {
    id,
    title,
    rule,
    mend,
    async run(exam): Promise<Verdict> {
      if (!(await isGuarded(exam))) return skipped('the server lets callers in without a token');
      const { issuers } = await documentsOf(exam);
      const known = issuers.flatMap((each) =>
        each.document === undefined ? [] : [[each, each.document] as const],
      );
      if (known.length === 0) return skipped('there are no metadata to look at');
      const faults = known.flatMap(([each, document]) => {
        const found = fault(each, document);
        return found === undefined ? [] : [`${each.issuer} ${found}.`];
      });
      const [first, ...more] = faults;
      if (first === undefined) return right();
      return wrong([first, ...more].join(' '));
    },
  };
}
