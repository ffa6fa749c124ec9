// The house of most tests of commands: for each test a fake server of its own and a home with a login there.

import { afterEach, beforeEach } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from './fake-server.ts';
import { homeWithLogin, type RunOptions, type RunResult, runAgainst } from './run-against.ts';

/** What a test finds; its members are those of the test that runs. */
export interface LoggedIn {
  server: FakeServer;
  env: Readonly<Record<string, string>>;
  /** Runs words, or a line that is split at spaces, as who is logged in. */
  readonly run: (words: string | readonly string[], options?: RunOptions) => Promise<RunResult>;
}

/** Has a house made before each test of this file and torn down after it. */
export function loggedIn(): LoggedIn {
  const house = {
    run: (words, { env, ...options } = {}) =>
      runAgainst(typeof words === 'string' ? words.split(' ') : words, {
        ...options,
        env: { ...house.env, ...env },
      }),
  } as LoggedIn;
  beforeEach(async () => {
    house.server = await startFakeServer();
    house.env = homeWithLogin(house.server.url, { token: SESSION, email: 'me@example.com' });
  });
  afterEach(() => house.server.close());
  return house;
}
