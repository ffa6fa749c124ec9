// A data folder with two grants, in front of a simulated provider that lives on while the processes on the folder are killed, and what is
// known of it from outside: what was asked, what was answered, what was acknowledged.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '@valetkey/testkit';
import { openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type BrokerProcess, startProcess } from '../house/start-process.ts';
import type { Life } from './crash-life.ts';
import type { RECOVERY_POINTS } from './fault-point-names.ts';
import type { LifeInput } from './gate-with-faults.ts';
import { openGate } from './open-gate.ts';
import { type Granted, makeGrant, PRICES } from './start-gate.ts';

const GATE = fileURLToPath(new URL('./gate-with-faults.ts', import.meta.url));
const LEDGER = fileURLToPath(new URL('./ledger-with-faults.ts', import.meta.url));

/** About five calls. */
const RAISE_NANOS = 150_000;
const SCARCE_USD = 0.0006;

const folder = (): string => mkdtempSync(join(tmpdir(), 'valetkey-crash-'));

/** What every house begins as. */
export class CrashTemplate {
  readonly dataDir: string;
  readonly simulator: Simulator;
  readonly masterKey: Uint8Array;
  readonly ample: Granted;
  readonly scarce: Granted;

  private constructor(
    parts: Pick<CrashTemplate, 'dataDir' | 'simulator' | 'masterKey' | 'ample' | 'scarce'>,
  ) {
    ({
      dataDir: this.dataDir,
      simulator: this.simulator,
      masterKey: this.masterKey,
      ample: this.ample,
      scarce: this.scarce,
    } = parts);
  }

  static async make(): Promise<CrashTemplate> {
    const simulator = await startSimulator({ provider: 'openai', prices: PRICES });
    const [dataDir, masterKey] = [folder(), randomBytes(32)];
    const ambient = { now: () => Date.now(), randomBytes };
    const gate = await openGate({ dataDir, masterKey, upstreamOrigin: simulator.origin, ambient });
    const ample = await makeGrant(gate, { monthly_spend: 1000 });
    const scarce = await makeGrant(gate, { monthly_spend: SCARCE_USD });
    await gate.close();
    return new CrashTemplate({ dataDir, simulator, masterKey, ample, scarce });
  }

  async close(): Promise<void> {
    await this.simulator.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** One folder and its processes. Only one house of a template at a time: they share the provider, which forgets what was before. */
export class CrashHouse {
  readonly template: CrashTemplate;
  readonly dataDir = folder();

  constructor(template: CrashTemplate) {
    this.template = template;
    cpSync(template.dataDir, this.dataDir, { recursive: true });
    template.simulator.reset();
  }

  /** Starts a gate for one life; resolves once it listens. */
  async start(life: Life): Promise<{ readonly url: string; readonly broker: BrokerProcess }> {
    const { masterKey, simulator, scarce } = this.template;
    const input: LifeInput = {
      ...life,
      dataDir: this.dataDir,
      masterKey: Buffer.from(masterKey).toString('base64'),
      upstreamOrigin: simulator.origin,
      ownerId: scarce.ownerId,
      scarceGrantId: scarce.id,
      raiseNanos: RAISE_NANOS,
    };
    const broker = await startProcess({ ...compiled(), LIFE: JSON.stringify(input) }, GATE);
    return { url: /listening on (\S+)/.exec(broker.output())![1]!, broker };
  }

  /** Opens the ledger in a process that is killed at a point of the recovery. False if there was nothing to recover. */
  async killRecovery(point: (typeof RECOVERY_POINTS)[number]): Promise<boolean> {
    const env = { ...compiled(), FAULT: point, DATA_DIR: this.dataDir };
    const child = spawn(process.execPath, [LEDGER], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code, signal] = await once(child, 'exit');
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the ledger ended with ${code ?? signal}`);
    return signal === 'SIGKILL';
  }

  /** Opens the ledger as the next start does, in this process, and closes it again. Resolves with the milliseconds until it was open. */
  async recover(): Promise<number> {
    const ambient = { now: () => Date.now() };
    const startedAt = performance.now();
    const store = await openStore({ dataDir: this.dataDir, ambient });
    const ledger = await openEmbeddedLedger({ store, ambient });
    const tookMs = performance.now() - startedAt;
    await ledger.close();
    await store.close();
    return tookMs;
  }

  close(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Compiled code is kept between processes, if the caller wants that: a start is then twice as quick. */
const compiled = (): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {};
};
