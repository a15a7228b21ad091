import { defineConfig } from 'vitest/config';

// Tests run from source: the `@switchyard/source` condition resolves every workspace package to its src.
const conditions = ['@switchyard/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions: [...conditions, 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    pool: 'threads',
  },
});
