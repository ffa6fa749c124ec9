// A data folder with two grants and a chain of delegation, in front of a simulated provider that lives on while the processes on the folder are killed, and what is
// known of it from outside: what was asked, what was answered, what was acknowledged.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '@valetkey/testkit';
import { compiledCode } from '@valetkey/testkit/compiled-code';
import { type Ambient, systemAmbient } from '../../src/clock.ts';
import { makeChild } from '../../src/grants/make-child.ts';
import { openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { MarkFolder } from '../../src/ledger/embedded/forward-marks.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type BrokerProcess, startProcess } from '../house/start-process.ts';
import type { Life } from './crash-life.ts';
import type { RECOVERY_POINTS } from './fault-point-names.ts';
import type { LifeInput } from './gate-with-faults.ts';
import { type FileSystem, LosableDisk } from './losable-disk.ts';
import { openTables } from './money.ts';
import { type OpenGate, openGate } from './open-gate.ts';
import { type Granted, makeGrant, PRICES } from './start-gate.ts';

const GATE = fileURLToPath(new URL('./gate-with-faults.ts', import.meta.url));
const LEDGER = fileURLToPath(new URL('./ledger-with-faults.ts', import.meta.url));

/** On a disk of this kind a death is a loss of power; without one it is a SIGKILL. */
export const POWER = process.env.CRASH_POWER as FileSystem | undefined;

/** A grant by what its holder knows of it. */
type Held = Pick<Granted, 'id' | 'token'>;

/** About five calls. */
const RAISE_NANOS = 150_000;
const SCARCE_USD = 0.0006;

/** Delegations below the owner's grant that every house begins with; one more may follow. */
const DEPTH = 3;

const folder = (): string => mkdtempSync(join(tmpdir(), 'valetkey-crash-'));

/** A chain of grants, each delegated by the one before it; the owner's grant is the first. */
const makeChain = async ({ vault, grants }: OpenGate, ambient: Ambient): Promise<readonly Held[]> => {
  const top = await makeGrant({ vault, grants }, { monthly_spend: 1000 });
  const access = (await grants.live(top.id))!.parts[0]!.access;
  await grants.edit(top.ownerId, top.id, { ...access, delegationMaxDepth: DEPTH + 1 });
  const chain: Held[] = [top];
  for (let level = 1; level <= DEPTH; level += 1) {
    const asked = [{ ...access, delegationMaxDepth: DEPTH + 1 - level }];
    const parent = { id: chain.at(-1)!.id, clientId: null };
    const made = await makeChild({ grants, ambient }, parent, {
      name: `level ${level}`,
      asked,
      keyThumbprint: null,
    });
    if (!made.ok) throw new Error(made.error.detail);
    chain.push({ id: made.value.live.grant.id, token: made.value.token });
  }
  return chain;
};

/** What every house begins as. */
export class CrashTemplate {
  readonly dataDir: string;
  readonly simulator: Simulator;
  readonly masterKey: Uint8Array;
  readonly ample: Granted;
  readonly scarce: Granted;
  readonly chain: readonly Held[];

  private constructor(
    parts: Pick<CrashTemplate, 'dataDir' | 'simulator' | 'masterKey' | 'ample' | 'scarce' | 'chain'>,
  ) {
    ({
      dataDir: this.dataDir,
      simulator: this.simulator,
      masterKey: this.masterKey,
      ample: this.ample,
      scarce: this.scarce,
      chain: this.chain,
    } = parts);
  }

  static async make(): Promise<CrashTemplate> {
    const simulator = await startSimulator({ provider: 'openai', prices: PRICES });
    const [dataDir, masterKey] = [folder(), randomBytes(32)];
    const ambient = { now: () => Date.now(), randomBytes };
    const gate = await openGate({ dataDir, masterKey, upstreamOrigin: simulator.origin, ambient });
    const ample = await makeGrant(gate, { monthly_spend: 1000 });
    const scarce = await makeGrant(gate, { monthly_spend: SCARCE_USD });
    const chain = await makeChain(gate, ambient);
    await gate.close();
    return new CrashTemplate({ dataDir, simulator, masterKey, ample, scarce, chain });
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
  readonly #disk: LosableDisk | null;

  constructor(template: CrashTemplate) {
    this.template = template;
    this.#disk = POWER ? new LosableDisk(POWER, this.dataDir) : null;
    cpSync(template.dataDir, this.dataDir, { recursive: true });
    this.#disk?.synchronise();
    template.simulator.reset();
  }

  /** Starts a gate for one life; resolves once it listens. */
  async start(life: Life): Promise<{ readonly url: string; readonly broker: BrokerProcess }> {
    const { masterKey, simulator, scarce, chain } = this.template;
    const input: LifeInput = {
      ...life,
      dataDir: this.dataDir,
      masterKey: Buffer.from(masterKey).toString('base64'),
      upstreamOrigin: simulator.origin,
      ownerId: scarce.ownerId,
      scarceGrantId: scarce.id,
      chainIds: chain.map(({ id }) => id),
      raiseNanos: RAISE_NANOS,
    };
    const broker = await startProcess({ LIFE: JSON.stringify(input) }, GATE);
    return { url: /listening on (\S+)/.exec(broker.output())![1]!, broker };
  }

  /** After a death: the machine forgets what a loss of power takes, shared memory included. Nothing where lives end by SIGKILL alone. */
  losePower(): void {
    if (!this.#disk) return;
    this.#disk.losePower();
    const tables = openTables(this.dataDir);
    const marks = tables.prepare(`select value from house where key = 'ledger.marks'`).get();
    tables.close();
    if (marks) new MarkFolder(systemAmbient).remove(String(marks.value));
  }

  /** Opens the ledger in a process that is killed at a point of the recovery. False if there was nothing to recover. */
  async killRecovery(point: (typeof RECOVERY_POINTS)[number]): Promise<boolean> {
    const env = { ...compiledCode(), FAULT: point, DATA_DIR: this.dataDir };
    const child = spawn(process.execPath, [LEDGER], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code, signal] = await once(child, 'exit');
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the ledger ended with ${code ?? signal}`);
    return signal === 'SIGKILL';
  }

  /** Opens the ledger as the next start does, in this process, and closes it again. Resolves with the milliseconds until it was open. */
  async recover(): Promise<number> {
    const ambient = systemAmbient;
    const startedAt = performance.now();
    const store = await openStore({ dataDir: this.dataDir, ambient });
    const ledger = await openEmbeddedLedger({ store, ambient, marks: new MarkFolder(ambient) });
    const tookMs = performance.now() - startedAt;
    await ledger.close();
    await store.close();
    return tookMs;
  }

  close(): void {
    this.#disk?.remove();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
