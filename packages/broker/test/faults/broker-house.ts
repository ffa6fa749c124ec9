// The product as a process of its own on one data folder, in front of a simulated provider that lives on in the test, so that the process can
// be killed and started again while the provider keeps its bill.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { canaryKey, freePort, type Simulator, startSimulator } from '@valetkey/testkit';
import { OWNER, signIn } from '../house/start-house.ts';
import { type BrokerProcess, startProcess } from '../house/start-process.ts';
import { openTables } from './money.ts';
import { type Answer, chatOf, PRICES, post } from './start-gate.ts';

/** See the top of this file. */
export class BrokerHouse {
  readonly url: string;
  readonly dataDir = mkdtempSync(join(tmpdir(), 'valetkey-faults-'));
  readonly simulator: Simulator;
  /** A key-shaped token with $1,000 a month. */
  token = '';
  readonly #env: Readonly<Record<string, string>>;
  #sent = 0;

  private constructor(simulator: Simulator, port: number) {
    this.simulator = simulator;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = {
      VALETKEY_PORT: String(port),
      VALETKEY_DATA_DIR: this.dataDir,
      VALETKEY_LOG_LEVEL: 'warn',
      VALETKEY_OWNER_EMAIL: OWNER.email,
      VALETKEY_OWNER_PASSWORD: OWNER.password,
      VALETKEY_UPSTREAM_OPENAI: simulator.origin,
      OPENAI_API_KEY: canaryKey('openai', randomBytes),
    };
  }

  /** A house with a grant and no process yet. */
  static async prepare(): Promise<BrokerHouse> {
    const simulator = await startSimulator({ provider: 'openai', prices: PRICES });
    const house = new BrokerHouse(simulator, await freePort());
    const broker = await house.start();
    const session = await signIn(house.url);
    const details = {
      type: 'ai_model_access',
      provider: 'openai',
      models: ['gpt-4o-mini'],
      limits: { monthly_spend: 1000 },
    };
    const made = await fetch(`${house.url}/api/v1/grants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Tool', authorization_details: [details] }),
    });
    house.token = ((await made.json()) as { token: string }).token;
    await broker.stop('SIGKILL');
    return house;
  }

  /** Starts a process, with these variables besides. */
  start(env: Readonly<Record<string, string>> = {}): Promise<BrokerProcess> {
    return startProcess({ ...this.#env, ...env });
  }

  /** A chat unlike any other. */
  ask(fields: object = {}): Promise<Answer> {
    this.#sent += 1;
    return post(this.url, this.token, chatOf(`house ${this.#sent}`, fields));
  }

  tables(): DatabaseSync {
    return openTables(this.dataDir);
  }

  async close(): Promise<void> {
    await this.simulator.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
