import { beforeAll, describe, expect, it } from 'vitest';
import type { BundleSize } from '../../bench/sections/bundle-size.mjs';
import { bundleSize, VALIDATOR } from '../../bench/sections/bundle-size.mjs';

const conditions = ['@switchyard/source', 'import', 'default'];

describe('importing an entry loads at most', () => {
  it.each([
    { kilobytes: 20, entry: '@switchyard/server', without: VALIDATOR },
    { kilobytes: 25.5, entry: '@switchyard/server', without: [] },
    { kilobytes: 2.5, entry: '@switchyard/server/node', without: ['@switchyard/wire'] },
    { kilobytes: 12, entry: '@switchyard/wire', without: [] },
  ])('$kilobytes kB of $entry without $without', async ({ kilobytes, entry, without }) => {
    const { gzip } = await bundleSize(entry, { conditions, external: without });
    expect(gzip / 1000).toBeLessThanOrEqual(kilobytes);
    // A ceiling far above what is under it would notice nothing.
    expect(gzip / 1000).toBeGreaterThan(kilobytes / 2);
  });
});

describe('importing @switchyard/server', () => {
  let server: BundleSize;
  beforeAll(async () => {
    server = await bundleSize('@switchyard/server', { conditions });
  });

  it.each([
    ['ajv', 'ajv/dist/2020.js'],
    ['our own engine of JSON Schemas', 'expected only one alternative'],
    ['the sealing of state', 'AES-GCM'],
    ['jose', 'protectedHeader'],
    ['OpenTelemetry', 'mcp.server.operation.duration'],
    ['input rounds', 'asks for input too many times'],
    ['the lifecycle table', 'SEP-2577'],
    ['the operations', 'broke its outputSchema'],
  ])('leaves %s until it is needed', (_what, sign) => {
    expect(server.lazyText.includes(sign), 'the sign is there to be seen').toBe(true);
    expect(server.text.includes(sign)).toBe(false);
  });

  it.each([
    ['what only Node has', 'node:', '@switchyard/server/node'],
    ['the framing of stdio', 'A stdio message must not', '@switchyard/server/stdio'],
    ['methods of earlier revisions', 'notifications/initialized', '@switchyard/wire'],
  ])('loads nothing of %s', async (_what, sign, where) => {
    const { text } = await bundleSize(where, { conditions });
    expect(text.includes(sign), 'the sign is there to be seen').toBe(true);
    expect(server.text.includes(sign)).toBe(false);
  });
});
