import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['jambalaya-source', 'node'] },
  ssr: { resolve: { conditions: ['jambalaya-source', 'node'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'web/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
