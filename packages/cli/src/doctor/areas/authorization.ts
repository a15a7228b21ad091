import { type Area, type Check, noneOf, right, skipped, type Verdict, wrong } from '../check.ts';
import { challengeOf, type Documents, documentsOf, isGuarded, unauthenticated } from '../documents.ts';
import type { Exam } from '../exam.ts';
import { asObject, describe, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** How a server that wants a token says so. Spec: basic/authorization. */
export const AUTHORIZATION: Area = {
  title: 'Authorization',
  checks: [
    {
      id: 'authorization.challenge',
      title: 'A request without a token gets a Bearer challenge',
      rule: requirement('AUTH-012'),
      mend: 'Send "WWW-Authenticate: Bearer resource_metadata=…" with every 401.',
      run: (exam) =>
        whereGuarded(exam, async () => {
          const { scheme, text } = challengeOf(await unauthenticated(exam));
          return scheme === 'bearer' || scheme === 'dpop'
            ? right()
            : wrong(`WWW-Authenticate is ${text === undefined ? 'missing' : `"${text.slice(0, 120)}"`}.`);
        }),
    },
    {
      id: 'authorization.nothing-leaks',
      title: 'Nothing is returned without a token',
      rule: requirement('AUTH-205'),
      mend: 'Check the token before anything of the request is processed.',
      run: (exam) =>
        whereGuarded(exam, async () =>
          resultOf(await unauthenticated(exam)) === undefined
            ? right()
            : wrong('The refusal carries a result.'),
        ),
    },
    {
      id: 'authorization.invalid-token',
      title: 'A token that is none gets 401',
      rule: requirement('AUTH-013'),
      mend: 'Answer 401 with error="invalid_token" to a token that is unknown, expired or for another server.',
      run: (exam) =>
        whereGuarded(exam, async () => {
          const headers = { authorization: 'Bearer switchyard-doctor-no-token' };
          const reply = await exam.probe.call('server/discover', {}, { anonymous: true, headers });
          return reply.status === 401 ? right() : wrong(`The answer is ${describe(reply)}.`);
        }),
    },
    {
      id: 'authorization.scopes',
      title: 'The challenge names the scopes that are needed',
      rule: requirement('AUTH-005'),
      mend: 'Add scope="…" to the challenge, so that clients ask for no more than they need.',
      run: (exam) =>
        whereGuarded(exam, async () => {
          const { parameters } = challengeOf(await unauthenticated(exam));
          return parameters['scope'] === undefined
            ? wrong('The challenge has no scope.')
            : right(parameters['scope'].slice(0, 80));
        }),
    },
    {
      id: 'authorization.metadata',
      title: 'The metadata of the protected resource are found',
      rule: requirement('AUTH-102'),
      mend: 'Serve them at /.well-known/oauth-protected-resource followed by the path of the endpoint, and name that URL in the challenge.',
      run: (exam) =>
        whereGuarded(exam, async () => {
          const { resource } = await documentsOf(exam);
          if ('tried' in resource) return wrong(`There are none at ${resource.tried.join(', ')}.`);
          return right(resource.url.href);
        }),
    },
    withMetadata('authorization.servers', 'AUTH-101', {
      title: 'They name an authorization server',
      mend: 'List the issuer in authorization_servers.',
      judge: ({ authorization_servers: servers }) =>
        Array.isArray(servers) && servers.some((each) => typeof each === 'string')
          ? right(servers.join(', ').slice(0, 120))
          : wrong('authorization_servers is missing or empty.'),
    }),
    withMetadata('authorization.resource', 'AUTH-004', {
      title: 'They are those of this server',
      mend: 'Set resource to the URL of the endpoint as clients dial it: they refuse metadata of another resource (RFC 9728, section 3.3).',
      judge: ({ resource }, exam) =>
        covers(resource, exam.probe.url)
          ? right(String(resource))
          : wrong(`resource is ${JSON.stringify(resource)}, and the endpoint is ${exam.probe.url.href}.`),
    }),
    withMetadata('authorization.trailing-slash', 'AUTH-008', {
      title: 'The resource has no trailing slash that means nothing',
      mend: 'Write the resource without a slash at its end.',
      judge: ({ resource }, exam) => {
        const text = String(resource);
        return text.endsWith('/') && !exam.probe.url.pathname.endsWith('/')
          ? wrong(`resource is "${text.slice(0, 120)}".`)
          : right();
      },
    }),
    {
      id: 'authorization.offline-access',
      title: 'offline_access is neither asked for nor offered',
      rule: requirement('AUTH-016'),
      mend: 'Leave offline_access to the client and its authorization server.',
      run: (exam) =>
        whereGuarded(exam, async () => {
          const { resource } = await documentsOf(exam);
          const offered = 'document' in resource ? resource.document['scopes_supported'] : undefined;
          const asked = challengeOf(await unauthenticated(exam)).parameters['scope'] ?? '';
          const found = [
            ...(asked.split(' ').includes('offline_access') ? ['The challenge asks for it.'] : []),
            ...(Array.isArray(offered) && offered.includes('offline_access')
              ? ['scopes_supported has it.']
              : []),
          ];
          return noneOf(found);
        }),
    },
  ],
};

// ---

async function whereGuarded(exam: Exam, run: () => Promise<Verdict>): Promise<Verdict> {
  return (await isGuarded(exam)) ? run() : skipped('the server lets callers in without a token');
}

interface MetadataCase {
  readonly title: string;
  readonly mend: string;
  readonly judge: (document: Readonly<Record<string, unknown>>, exam: Exam) => Verdict;
}

function withMetadata(id: string, row: string, { title, mend, judge }: MetadataCase): Check {
  return {
    id,
    title,
    rule: requirement(row),
    mend,
    run: (exam) =>
      whereGuarded(exam, async () => {
        const { resource }: Documents = await documentsOf(exam);
        return 'document' in resource
          ? judge(asObject(resource.document), exam)
          : skipped('the metadata are not found');
      }),
  };
}

/** Whether a resource stands for an endpoint: the same origin, and its path or one above it. */
function covers(resource: unknown, endpoint: URL): boolean {
  if (typeof resource !== 'string' || !URL.canParse(resource)) return false;
  const { origin, pathname } = new URL(resource);
  return (
    origin === endpoint.origin &&
    `${endpoint.pathname}/`.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`)
  );
}
