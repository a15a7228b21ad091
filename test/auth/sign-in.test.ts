import { createAuthorizer } from '@switchyard/auth/client';
import { expect, it } from 'vitest';
import { createWorld } from './world.ts';

it('signs a user in by browser when the server demands it, and only then', async () => {
  const world = await createWorld();
  const authorizer = createAuthorizer(world.options());
  expect(world.as.requests.size).toBe(0);
  const response = await world.call(authorizer);
  expect(await response.json()).toEqual({ subject: 'ann', scopes: ['mcp:read'] });
  expect(world.visited).toHaveLength(1);
  expect(Object.fromEntries(world.visited[0]?.searchParams ?? [])).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    resource: world.url,
    scope: 'mcp:read offline_access',
  });
  expect((await world.call(authorizer)).status).toBe(200);
  expect(world.visited).toHaveLength(1);
});
