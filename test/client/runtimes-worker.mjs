// The cases inside workerd, with the server in the same process: answers with the outcomes.
import { inProcessLink } from '@switchyard/client';
import { build, outcomesOf } from './runtimes-cases.mjs';

export default {
  async fetch() {
    const server = build();
    return Response.json(await outcomesOf(server, { link: inProcessLink(server.fetch) }));
  },
};
