import { connectWith } from './graphile-worker.mjs';

export { prepare, remove } from './graphile-worker.mjs';

/** Graphile Worker as its page on performance says: jobs fetched and completed in batches. */
export const connect = (options) =>
  connectWith(options, { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 });
