import { measureBundles } from './sections/bundle-size.mjs';
import { measureClients } from './sections/clients.mjs';
import { measureColdStart } from './sections/cold-start.mjs';
import { measureGateways } from './sections/gateways.mjs';
import { measureImports } from './sections/import-time.mjs';
import { measureLatency } from './sections/latency.mjs';
import { measureLeaks } from './sections/leak.mjs';
import { measureQueues } from './sections/queues.mjs';
import { measureStrictness } from './sections/strictness.mjs';
import { measureSubscriptions } from './sections/subscriptions.mjs';
import { measureThroughput } from './sections/throughput.mjs';
import { available, SERVERS } from './targets.mjs';

/** Targets whose memory over many calls, and over many streams, is looked at. */
const LEAK_TARGETS = new Set(['floor-stringify', 'switchyard-node', 'switchyard-fetch']);
const STREAM_TARGETS = new Set(['floor-stringify', 'switchyard-node', 'switchyard-fetch', 'official']);

/**
 * Measures the chosen sections, one after the other, and gives the results of each by its name. A section that fails is told of
 * on standard error, and missing in the results; `failed` names it.
 */
export async function measure(options) {
  const servers = await available(SERVERS, options.only);
  const chosen = (names) => servers.filter(({ name }) => names.has(name));
  const measures = {
    strictness: () => measureStrictness(servers),
    throughput: () => measureThroughput(servers, options),
    latency: () => measureLatency(servers, options),
    cold: () => measureColdStart(servers, options),
    imports: () => measureImports(options),
    bundles: () => measureBundles(),
    leak: () => measureLeaks(chosen(LEAK_TARGETS), options),
    subscriptions: () => measureSubscriptions(chosen(STREAM_TARGETS), options),
    gateway: () => measureGateways(options),
    clients: () => measureClients(options),
    tasks: () => measureQueues(options),
  };
  const results = { failed: [] };
  for (const section of options.sections) {
    console.error(`${section} …`);
    try {
      results[section] = await measures[section]();
    } catch (error) {
      console.error(error);
      results.failed.push(section);
    }
  }
  return results;
}
