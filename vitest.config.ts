import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'conformance/**/*.test.ts',
      'examples/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    globalSetup: ['./packages/testkit/src/browser/chromium.ts', './packages/testkit/src/compiled-code.ts'],
    // Nothing is judged by these: a machine may be busy with other things.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
    // Programs that tests start speak English wherever the developer lives.
    env: { LC_ALL: 'C.UTF-8' },
  },
});
