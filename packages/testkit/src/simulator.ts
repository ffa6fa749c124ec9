// The way in: starts the simulator of a provider by name.

import { anthropic } from './anthropic/dialect.ts';
import { google } from './google/dialect.ts';
import { openai } from './openai/dialect.ts';
import { type Simulator, type SimulatorOptions, startDialect } from './simulator/start.ts';

const PROVIDERS = {
  openai: { dialect: openai, basePath: '/v1' },
  anthropic: { dialect: anthropic, basePath: '' },
  google: { dialect: google, basePath: '' },
};

/** Starts a simulated provider on a free loopback port; `close()` it in the end. */
export function startSimulator(
  options: SimulatorOptions & { provider: keyof typeof PROVIDERS },
): Promise<Simulator> {
  const { dialect, basePath } = PROVIDERS[options.provider];
  return startDialect(dialect, basePath, options);
}
