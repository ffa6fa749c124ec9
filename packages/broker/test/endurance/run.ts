// One run of endurance: traffic, a random fault every few seconds, and a judge that looks all along. It ends with everything lifted, every
// call closed, an orderly end of each process, and a last look at journal, evidence and logs.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { searchCanary } from '@valetkey/testkit';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { verifyFile } from '../../src/ledger/embedded/verify-file.ts';
import { signIn } from '../house/start-house.ts';
import { Random } from '../sim/random.ts';
import { BoundApp } from './bound-app.ts';
import { type FaultWorld, faultsOf } from './faults.ts';
import { forwardedSince } from './forwarded.ts';
import { type EnduranceHouse, startEnduranceHouse } from './house.ts';
import type { Findings } from './judge.ts';
import { type JudgeThread, startJudge } from './judge-thread.ts';
import { Passing } from './passing.ts';
import { type Told, Traffic } from './traffic.ts';
import { VitalSigns, type Vitals } from './vitals.ts';

/** What is to be run. */
export interface EnduranceOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly engine: 'embedded' | 'postgres';
  readonly replicas: number;
  readonly requestsPerSecond: number;
  /** Between the beginnings of two faults. */
  readonly faultEverySeconds: number;
  /** Only these, by name; all of the engine's if left out. */
  readonly faults?: readonly string[];
  readonly say: (line: string) => void;
}

/** Milliseconds, many times. */
interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

const spread = (times: readonly number[]): Spread => {
  const inOrder = times.toSorted((one, other) => one - other).map(Math.round);
  const at = (share: number) => inOrder[Math.floor((inOrder.length - 1) * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
};

/** What came of it. */
export interface EnduranceReport {
  readonly violations: readonly string[];
  readonly findings: Omit<Findings, 'violations'>;
  readonly polls: number;
  /** How often each fault was injected; `-` before those that could not be done. */
  readonly faults: Readonly<Record<string, number>>;
  /** From the end of a fault until every process is well; and the longest after each. */
  readonly recoveryMs: Spread & { readonly longest: Readonly<Record<string, number>> };
  /** What callers were told, how often. */
  readonly told: Readonly<Record<string, number>>;
  /** Of these, those who asked a second after everything was well, and were answered before the next fault. */
  readonly toldInCalm: Readonly<Record<string, number>>;
  readonly requests: Traffic['figures'];
  /** Until a whole answer that is no stream. */
  readonly answerMs: Spread;
  readonly passing: Passing['figures'];
  readonly bound: BoundApp['figures'] & { readonly signingKeys: number };
  readonly vitals: readonly Vitals[];
  readonly checkpoints: number;
}

const LONG_MINUTES = 10;
const VITALS_MS = 5000;
const REFRESH_MS = 20_000;
const SAY_MS = 60_000;
const RECOVERED_WITHIN_MS = 45_000;
const CLOSED_WITHIN_MS = 60_000;
/** Of the judge's time: it may not take more than a part of a core. */
const REST = 3;

/** See the top of this file. */
export async function endure(options: EnduranceOptions): Promise<EnduranceReport> {
  const random = new Random(options.seed);
  const house = await startEnduranceHouse({ ...options, random });
  try {
    const run = new Run(house, options, random, await BoundApp.authorize(house));
    return await run.live();
  } finally {
    await house.close();
  }
}

class Run {
  readonly #house: EnduranceHouse;
  readonly #options: EnduranceOptions;
  readonly #random: Random;
  readonly #bound: BoundApp;
  readonly #passing: Passing;
  readonly #traffic: Traffic;
  readonly #vitals: VitalSigns;
  readonly #judge: JudgeThread;
  readonly #violations = new Set<string>();
  readonly #faults = new Map<string, number>();
  readonly #recoveryMs: number[] = [];
  readonly #longestRecoveryMs = new Map<string, number>();
  readonly #retired = new Map<string, number>();
  #told: Told[] = [];
  #seen = 0;
  #polls = 0;
  #findings: Findings | null = null;
  #isOver = false;

  constructor(house: EnduranceHouse, options: EnduranceOptions, random: Random, bound: BoundApp) {
    const fork = () => new Random(random.upTo(2 ** 31));
    this.#house = house;
    this.#options = options;
    this.#random = fork();
    this.#bound = bound;
    this.#passing = new Passing(house, fork());
    const guests = { bound, passing: this.#passing };
    this.#traffic = new Traffic(house, guests, fork(), (told) => this.#told.push(told));
    this.#vitals = new VitalSigns(house.members);
    const { databaseUrl, dataDir, holders } = house;
    this.#judge = startJudge({
      source: databaseUrl ? { databaseUrl } : { dataDir },
      keyOf: new Map(
        holders.flatMap(({ grantId, providerKey }) => (providerKey ? [[grantId, providerKey]] : [])),
      ),
    });
    this.#scriptProvider(fork());
  }

  async live(): Promise<EnduranceReport> {
    const timers = [
      setInterval(() => this.#vitals.look(), VITALS_MS),
      setInterval(() => void this.#bound.refresh(), REFRESH_MS),
      setInterval(() => this.#options.say(this.#line()), SAY_MS),
    ];
    const judging = this.#judgeAllAlong();
    this.#passing.start();
    this.#traffic.start(this.#options.requestsPerSecond);
    await this.#disturb();
    await this.#passing.stop();
    await this.#traffic.stop();
    for (const timer of timers) clearInterval(timer);
    this.#isOver = true;
    await judging;
    await this.#end();
    await this.#judge.close();
    return this.#report();
  }

  /** Streams that last, errors of the provider, usage that is not reported. */
  #scriptProvider(random: Random): void {
    const always = { times: Number.POSITIVE_INFINITY };
    const { simulator } = this.#house;
    const sometimes = (share: number) => () => random.chance(share);
    for (const status of [429, 500])
      simulator.script({ ...always, when: sometimes(0.01), fault: { kind: 'status', status } });
    simulator.script({ ...always, when: ({ stream }) => stream && random.chance(0.03), usageIn: 'nowhere' });
    simulator.script({ ...always, when: { stream: true }, gapMs: 15 });
  }

  async #disturb(): Promise<void> {
    const { minutes, faultEverySeconds, faults: wanted } = this.#options;
    const startedAt = performance.now();
    const endsAt = startedAt + minutes * 60_000;
    const world: FaultWorld = {
      house: this.#house,
      random: this.#random,
      isLong: minutes >= LONG_MINUTES,
      mayEndFirst: () => minutes < LONG_MINUTES || performance.now() < startedAt + (endsAt - startedAt) / 4,
      onKeyReplaced: (keys) => {
        for (const key of keys)
          if (!this.#retired.has(key)) this.#retired.set(key, this.#traffic.figures.offered);
      },
    };
    const all = faultsOf(world);
    const names = wanted ?? Object.keys(all);
    const unknown = names.find((name) => !all[name]);
    if (unknown) throw new Error(`There is no fault "${unknown}". There are: ${Object.keys(all).join(', ')}`);
    for (let round = 0; performance.now() < endsAt; round += 1) {
      const nextAt = performance.now() + faultEverySeconds * 1000;
      // All in turn first, so that a short run is not all of a kind, then at random, sometimes two at once.
      const first = names[round] ?? this.#random.pick(names);
      const second = this.#random.pick(names.filter((name) => name.startsWith('provider:')));
      const isPair = this.#random.chance(0.2) && second !== undefined && !first.startsWith('provider:');
      this.#traffic.calmSinceMs = null;
      await Promise.all(
        [first, ...(isPair ? [second] : [])].map((name) => this.#inject(name, all[name]!, world)),
      );
      await this.#recover(first);
      this.#traffic.calmSinceMs = performance.now();
      await delay(Math.max(0, Math.min(nextAt, endsAt) - performance.now()));
    }
  }

  async #inject(
    name: string,
    fault: (world: FaultWorld) => Promise<unknown>,
    world: FaultWorld,
  ): Promise<void> {
    const isDone = await fault(world).then(
      (done) => done !== false,
      (error: unknown) => {
        this.#violations.add(`"${name}": ${error}`);
        return false;
      },
    );
    const said = isDone ? name : `- ${name}`;
    this.#faults.set(said, (this.#faults.get(said) ?? 0) + 1);
  }

  async #recover(name: string): Promise<void> {
    const startedAt = performance.now();
    const isWell = async () =>
      (await Promise.all(this.#house.members.map(({ replica }) => replica.health()))).every(
        (it) => it === 200,
      );
    while (!(await isWell())) {
      if (performance.now() - startedAt > RECOVERED_WITHIN_MS) {
        this.#violations.add(`not every process was well ${RECOVERED_WITHIN_MS} ms after "${name}"`);
        break;
      }
      await delay(100);
    }
    const tookMs = Math.round(performance.now() - startedAt);
    this.#recoveryMs.push(tookMs);
    this.#longestRecoveryMs.set(name, Math.max(tookMs, this.#longestRecoveryMs.get(name) ?? 0));
  }

  async #judgeAllAlong(): Promise<void> {
    while (!this.#isOver) {
      const startedAt = performance.now();
      await this.#poll(false).catch(() => undefined);
      const restMs = Math.max(2000, (performance.now() - startedAt) * REST);
      for (const until = performance.now() + restMs; performance.now() < until && !this.#isOver; )
        await delay(200);
    }
  }

  /** Rejects while the database can not be read; what is news stays known to the judge. */
  async #poll(isEnd: boolean): Promise<void> {
    const told = this.#told.splice(0);
    const retired = [...this.#retired].map(([key, fromSeq]) => ({ key, fromSeq }));
    const { forwarded, until } = forwardedSince(this.#house.simulator, this.#seen);
    this.#seen = until;
    this.#findings = await this.#judge.poll({ forwarded, told, retired, isEnd });
    for (const violation of this.#findings.violations) {
      if (!this.#violations.has(violation)) this.#options.say(`VIOLATION: ${violation}`);
      this.#violations.add(violation);
    }
    this.#polls += 1;
  }

  /** Everything is lifted: every call gets its outcome, every process its orderly end, and what is left is read once more. */
  async #end(): Promise<void> {
    const { members } = this.#house;
    for (const { toProvider, toDatabase } of members) {
      toProvider.setFault(undefined);
      toDatabase?.setFault(undefined);
    }
    await this.#recover('the end');
    const closedBy = performance.now() + CLOSED_WITHIN_MS;
    do {
      await delay(1000);
      await this.#poll(false).catch(() => undefined);
    } while ((this.#findings?.oldestOpenMs ?? 1) > 0 && performance.now() < closedBy);
    this.#vitals.look();
    await this.#compareAndVerify();
    for (const member of members) {
      const code = await member.end('SIGTERM');
      if (code !== 0) this.#violations.add(`an orderly end ended with ${code}`);
    }
    await this.#poll(true);
    if (!this.#house.databaseUrl)
      for (const { problem } of verifyFile(this.#house.dataDir).faults) this.#violations.add(problem);
    this.#searchLogs();
  }

  /** The product's own comparison, and the evidence as an auditor would check it. */
  async #compareAndVerify(): Promise<void> {
    const { api, issuer, receiver } = this.#house;
    const compared = await api('POST', '/ledger/compare');
    if (compared.status !== 200 || compared.body.faults.length > 0)
      this.#violations.add(`ledger compare: ${JSON.stringify(compared.body)}`);
    const checkpoints = receiver.lines.map((line) => `${line}\n`).join('');
    const authorization = `Bearer ${await signIn(issuer)}`;
    const text = async (path: string) => (await fetch(issuer + path, { headers: { authorization } })).text();
    const scratch = mkdtempSync(join(tmpdir(), 'valetkey-endurance-'));
    const files = { journal: join(scratch, 'j'), checkpoints: join(scratch, 'c'), keys: join(scratch, 'k') };
    writeFileSync(files.checkpoints, checkpoints);
    writeFileSync(files.journal, await text('/api/v1/audit/export'));
    writeFileSync(files.keys, await text('/.well-known/valetkey-checkpoint-keys'));
    const verified = await verifyExport({ journal: files.journal, signed: files, isPart: false });
    if (!verified.ok) this.#violations.add(`audit verify: ${JSON.stringify(verified.error)}`);
    rmSync(scratch, { recursive: true });
  }

  #searchLogs(): void {
    const printed = this.#house.members.map((member) => member.output()).join('');
    for (const key of this.#house.keys)
      for (const { form, offset } of searchCanary(printed, key))
        this.#violations.add(`a provider key stands in the log, ${form}, at ${offset}`);
  }

  #line(): string {
    const { offered } = this.#traffic.figures;
    const { entries = 0, forwarded = 0, checks = 0 } = this.#findings ?? {};
    const memory = this.#vitals
      .longest()
      .map(({ rssMegabytes, files }) => `${rssMegabytes.late} MB ${files.late} files`);
    const faults = [...this.#faults.values()].reduce((sum, each) => sum + each, 0);
    return `${offered} offered, ${forwarded} forwarded, ${entries} entries, ${faults} faults, ${checks} checks, ${this.#violations.size} violations; ${memory.join(', ')}`;
  }

  #report(): EnduranceReport {
    const { violations: _told, ...findings } = this.#findings!;
    return {
      violations: [...this.#violations],
      findings,
      polls: this.#polls,
      faults: Object.fromEntries([...this.#faults].toSorted()),
      recoveryMs: {
        ...spread(this.#recoveryMs),
        longest: Object.fromEntries([...this.#longestRecoveryMs].toSorted()),
      },
      told: Object.fromEntries([...this.#traffic.told].toSorted()),
      toldInCalm: Object.fromEntries([...this.#traffic.toldInCalm].toSorted()),
      requests: this.#traffic.figures,
      answerMs: spread(this.#traffic.answerMs),
      passing: this.#passing.figures,
      bound: { ...this.#bound.figures, signingKeys: this.#bound.signedBy.size },
      vitals: this.#vitals.longest(),
      checkpoints: this.#house.receiver.lines.length,
    };
  }
}
