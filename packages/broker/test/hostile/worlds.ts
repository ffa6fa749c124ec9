// The two forms in which the product runs, for cases that must hold in both: one process with its own file, and two replicas on one
// PostgreSQL. Providers are simulated and count; `evil` is a host that nothing may ever reach.

import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { freePort, type Simulator } from '@valetkey/testkit';
import type { Ambient } from '../../src/clock.ts';
import { type House, ownerApi, startHouse } from '../house/start-house.ts';
import { startPostgres } from '../postgres/start-postgres.ts';

/** A running product. */
export interface World {
  /** Where its processes listen; a case that sends several requests takes them in turn. */
  readonly urls: readonly string[];
  readonly simulators: readonly Simulator[];
  readonly api: House['api'];
  readonly grant: House['grant'];
  /** The PostgreSQL that replicas share; null where one process has its own file. */
  readonly databaseUrl: string | null;
  /** The fake provider keys of its owner, which nothing may show. */
  readonly keys: readonly string[];
  /** What was opened on the host that nothing may reach, and where it is. */
  readonly evil: { readonly origin: string; readonly connections: () => number };
  /** What providers have seen so far: a refused request changes nothing of it. */
  seen(): { readonly connections: number; readonly requests: number };
  close(): Promise<void>;
}

/** Counts who comes. On a port where nobody else has just been: what still calls for another server would count. */
const startEvil = async (): Promise<{ server: Server; origin: string; connections: () => number }> => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${port}`, connections: () => connections };
};

const worldOf = async (
  houses: readonly [House, ...House[]],
  urls: readonly string[],
  databaseUrl: string | null,
  end: () => Promise<void>,
): Promise<World> => {
  const [house] = houses;
  const evil = await startEvil();
  const simulators = Object.values(house.simulators);
  return {
    urls,
    databaseUrl,
    simulators,
    api: ownerApi(house.url),
    grant: house.grant,
    keys: houses.flatMap(({ keys }) => Object.values(keys)),
    evil,
    seen: () => {
      const counters = simulators.map((simulator) => simulator.counters());
      return {
        connections: counters.reduce((sum, { connections }) => sum + connections, 0),
        requests: counters.reduce((sum, { requests }) => sum + requests, 0),
      };
    },
    async close() {
      evil.server.close();
      for (const each of houses.toReversed()) await each.close();
      await end();
    },
  };
};

/** What a case changes in the processes: the clock that all of them share, what is added to their environment. */
export type WorldOptions = { readonly ambient?: Ambient; readonly env?: Readonly<Record<string, string>> };

const startOne = async (options: WorldOptions = {}): Promise<World> => {
  const house = await startHouse(options);
  return worldOf([house], [house.url], null, async () => {});
};

const startTwo = async (options: WorldOptions = {}): Promise<World> => {
  const postgres = await startPostgres();
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const databaseUrl = await postgres.createDatabase();
  const env = {
    VALETKEY_ISSUER: issuer,
    VALETKEY_DATABASE_URL: databaseUrl,
    VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const a = await startHouse({
    ...options,
    env: { ...env, VALETKEY_PORT: new URL(issuer).port, ...options.env },
  });
  const { openai, anthropic, google } = a.simulators;
  const b = await startHouse({
    ...options,
    env: {
      ...env,
      VALETKEY_UPSTREAM_OPENAI: openai.origin,
      VALETKEY_UPSTREAM_ANTHROPIC: anthropic.origin,
      VALETKEY_UPSTREAM_GOOGLE: google.origin,
      ...options.env,
    },
  });
  return worldOf([a, b], [a.url, `http://127.0.0.1:${b.broker.port}`], databaseUrl, () => postgres.stop());
};

/** For `describe.each`: the name of each form, and how it is started. */
export const WORLDS: readonly (readonly [string, (options?: WorldOptions) => Promise<World>])[] = [
  ['one process', startOne],
  ['two replicas', startTwo],
];
