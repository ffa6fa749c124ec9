// One simulated life of trees of grants, from a seed: waves of delegation, use, narrowing, suspension, revocation, expiry and crashes over all
// replicas of a house, judged after every wave by the oracle's books and by plain SQL.

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { formatAccess } from '@valetkey/core';
import { addKey } from '../../add-key.ts';
import type { JournalRow } from '../operations.ts';
import { Random } from '../random.ts';
import type { Use } from './rights.ts';
import { rightsOf } from './rights.ts';
import { type BookGrant, keyOf, PROVIDERS, pathOf, stopName, TreeBooks } from './tree-books.ts';
import { CALM, type HouseOptions, type Replica, type TreeHouse, type Trouble } from './tree-house.ts';
import { OWNERS, TreeInventor } from './tree-inventor.ts';
import { type Answer, heldBy, type OpenCall, type Step, take } from './tree-steps.ts';
import { lookAtTrees } from './tree-tables.ts';

/** How a life is run. */
export interface TreeSimulationOptions {
  readonly seed: number;
  /** Steps taken in all. */
  readonly steps: number;
  readonly open: (options: HouseOptions) => Promise<TreeHouse>;
  readonly disguise?: HouseOptions['disguise'];
}

/** What came of it. */
export interface TreeReport {
  readonly seed: number;
  readonly steps: number;
  readonly checks: number;
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** A step with where it is taken and what came of it. */
interface Taken {
  readonly step: Step;
  readonly replica: Replica;
  /** Its place among all steps. */
  readonly place: number;
  answer: Answer;
}

const START_MS = Date.UTC(2026, 10, 22, 23, 59, 30);
const STUCK_MS = 20_000;
/** Other replicas hear within this time of what was stopped, however busy the machine is. */
const CUT_MS = 5000;
const WAVES_BETWEEN_TABLES = 8;
const PENDING: Answer = { kind: 'pending', detail: 'nobody was there' };

/** Runs one life to its end or its first violation. */
export async function simulateTrees(options: TreeSimulationOptions): Promise<TreeReport> {
  const simulation = new TreeSimulation(options);
  await simulation.run();
  return simulation.report();
}

class TreeSimulation {
  readonly #options: TreeSimulationOptions;
  readonly #random: Random;
  readonly #books: TreeBooks;
  readonly #inventor: TreeInventor;
  readonly #counts: Record<string, number> = {};
  readonly #uses = new Map<string, Use>();
  readonly #open = new Map<string, OpenCall>();
  /** Grants that a caller was told are stopped, and nobody has asked to resume since. */
  readonly #stopped = new Set<string>();
  /** The place of the last step that asked to resume it: what was stopped before may be answered only after, when a replica has crashed. */
  readonly #resumedAt = new Map<string, number>();
  /** Grants whose revocation was never answered: it may have ended some of what it should, until it is repeated. */
  readonly #brokenOff = new Set<string>();
  #house!: TreeHouse;
  #nowMs = START_MS;
  #steps = 0;
  #waves = 0;
  #lastRow = 0;

  constructor(options: TreeSimulationOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#books = new TreeBooks((callId) => this.#uses.get(callId));
    this.#inventor = new TreeInventor(this.#random, this.#books);
  }

  report(): TreeReport {
    const { violations, checks } = this.#books;
    return { seed: this.#options.seed, steps: this.#steps, checks, violations, counts: this.#counts };
  }

  async run(): Promise<void> {
    await this.#begin();
    try {
      while (this.#steps < this.#options.steps && this.#books.violations.length === 0) {
        await this.#wave();
        if (this.#waves % WAVES_BETWEEN_TABLES === 0) await this.#look();
        if (this.#random.chance(0.01)) await this.#restart();
      }
      if (this.#books.violations.length > 0) return;
      await this.#restart();
      await this.#repeatRevocations();
      await this.#look();
    } finally {
      await this.#house.close();
    }
  }

  async #begin(): Promise<void> {
    const { disguise, open } = this.#options;
    const random = new Random(this.#options.seed + 1);
    const randomBytes = (size: number) => Uint8Array.from({ length: size }, () => random.upTo(255));
    const ambient = { now: () => this.#nowMs, randomBytes };
    this.#house = await open({ ambient, random, ...(disguise && { disguise }) });
    for (const ownerId of OWNERS) for (const provider of PROVIDERS) await this.#addKey(ownerId, provider);
  }

  async #addKey(ownerId: string, provider: string): Promise<void> {
    const { db, ledger } = this.#house.replicas[0]!;
    const id = keyOf(ownerId, provider);
    const limits = [{ unit: 'usd', per: 'total', amount: 2_000_000_000 }] as const;
    await addKey({ db, ledger }, { id, ownerId, provider, limits });
    this.#books.addKey(ownerId, provider, limits);
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  async #wave(): Promise<void> {
    this.#waves += 1;
    this.#moveClock();
    const isLone = this.#random.chance(0.3);
    const length = Math.min(isLone ? 1 : 2 + this.#random.upTo(10), this.#options.steps - this.#steps);
    const steps = this.#inventor.wave(length, this.#nowMs, [...this.#open.values()]);
    const expected = steps.map((step) => this.#expected(step));
    // What they do goes on for longer than trouble lasts: how far they came would be of the machine, not of the seed.
    const isLong = steps.some(({ kind }) => kind === 'tend' || kind === 'lose');
    const trouble = isLong ? CALM : this.#house.disturb(this.#random);
    const taken = await this.#takeAll(steps, trouble);
    await this.#house.calm(trouble);
    await this.#whenHealthy();
    this.#books.isCalm = trouble.kind === 'none';
    const rows = await this.#readJournal();
    for (const each of taken) this.#judge(each);
    const isAlone = length === 1 && trouble.kind === 'none' && rows.every((row) => isOf(row, steps[0]!));
    if (isAlone) this.#judgeLone(taken[0]!, expected[0]!);
    this.#forgetEnded();
    await this.#expectCut();
    this.#steps += steps.length;
    if (trouble.kind !== 'none') this.#count(`trouble: ${trouble.kind}`);
  }

  #moveClock(): void {
    const random = this.#random;
    const [day, minute] = [86_400_000, 60_000];
    const kind = random.weighted({ still: 4, step: 8, edge: 1.5, ahead: 0.7, days: 0.3 });
    const toEdge = (size: number) => size - (this.#nowMs % size) - 1 + random.upTo(1);
    const moves = {
      still: 0,
      step: random.upTo(3000),
      edge: toEdge(random.chance(0.1) ? day : minute),
      ahead: random.anySize(3_600_000),
      days: random.upTo(1.5 * day),
    };
    this.#nowMs += moves[kind];
  }

  /** Steps begin in order, now and then a turn apart; what they do after that is up to the engine. */
  async #takeAll(steps: readonly Step[], trouble: Trouble): Promise<Taken[]> {
    const taken: Taken[] = [];
    const answers: Promise<void>[] = [];
    for (const step of steps) {
      const replica = step.kind === 'settle' ? step.call.replica : this.#random.pick(this.#house.replicas);
      const each: Taken = { step, replica, place: this.#steps + taken.length, answer: PENDING };
      taken.push(each);
      this.#count(step.kind);
      if (step.kind === 'use') this.#beginUse(step);
      if (step.kind === 'resume') this.#resume(step.grantId, each);
      if (step.kind === 'resume_stopped') this.#resume(nameOf(step), each);
      if (!replica.isDead)
        answers.push(take(replica, step, this.#nowMs).then((answer) => this.#hear(each, answer)));
      if (this.#random.chance(0.4)) await nextTurn();
    }
    const stuck = new AbortController();
    const late = delay(STUCK_MS, 'late', { signal: stuck.signal }).catch(() => 'answered');
    const end = await Promise.race([Promise.all(answers), trouble.crashed, late]);
    stuck.abort();
    if (end === 'late') this.#books.expect(false, () => `never answered: ${JSON.stringify(taken)}`);
    return taken;
  }

  #beginUse({ callId, grantId, use }: Step & { kind: 'use' }): void {
    this.#uses.set(callId, use);
    this.#books.tried(this.#books.grants.get(grantId)!, this.#nowMs);
  }

  #resume(name: string, { place }: Taken): void {
    this.#stopped.delete(name);
    this.#resumedAt.set(name, place);
  }

  #stop(name: string, { place }: Taken): void {
    if ((this.#resumedAt.get(name) ?? -1) < place) this.#stopped.add(name);
  }

  /** At the moment of the answer: nothing is forwarded for a grant when someone has been told that it, or one above it, is stopped. */
  #hear(taken: Taken, answer: Answer): void {
    if (taken.replica.isDead) return;
    taken.answer = answer;
    const { step } = taken;
    if (answer.kind !== 'done') return;
    if (step.kind === 'suspend' || step.kind === 'revoke') this.#stop(step.grantId, taken);
    if (step.kind === 'stop') this.#stop(nameOf(step), taken);
    if (step.kind === 'lose') this.#stop(keyName(step.ownerId, step.key), taken);
    if (!answer.call) return;
    this.#open.set(answer.call.callId, answer.call);
    const { path, grant } = answer.call.live;
    const above = path.flatMap(({ grantId, clientId }) => [grantId, `${grant.ownerId} app ${clientId}`]);
    const { ownerId } = grant;
    const provider = step.kind === 'use' ? step.use.provider : '';
    const whole = [`${ownerId} everything`, `${ownerId} provider_key ${keyOf(ownerId, provider)}`];
    const key = keyName(ownerId, answer.call.ticket.keyThumbprint);
    const stopped = [...above, ...whole, key].find((stop) => this.#stopped.has(stop));
    this.#books.expect(
      !(answer.isForwarded && stopped),
      () => `${answer.call?.callId} was forwarded after ${stopped} was stopped`,
    );
  }

  async #whenHealthy(): Promise<void> {
    for (const { ledger } of this.#house.replicas) {
      while (!ledger.healthy) await delay(1);
      await ledger.record([]);
    }
  }

  async #readJournal(): Promise<readonly JournalRow[]> {
    const found = await this.#house.query('select * from journal where id > ? order by id', this.#lastRow);
    const rows = found as unknown as readonly JournalRow[];
    for (const row of rows) {
      this.#books.take(row);
      this.#lastRow = Number(row.id);
    }
    return rows;
  }

  /** Whatever was acknowledged is in the journal. */
  #judge({ step, answer }: Taken): void {
    if (step.kind === 'revoke') {
      if (answer.kind === 'pending' || answer.kind === 'unknown') this.#brokenOff.add(step.grantId);
      else this.#brokenOff.delete(step.grantId);
    }
    if (answer.kind === 'refused') this.#count(`refused: ${step.kind}, ${answer.reason.split(':')[0]}`);
    if (answer.kind === 'pending' || answer.kind === 'unknown') this.#count(`${answer.kind}: ${step.kind}`);
    if (answer.kind !== 'done') return;
    const { grants, money } = this.#books;
    const known = 'grantId' in step ? grants.get(step.grantId) : grants.get(answer.id);
    const isThere = {
      give: () => known !== undefined,
      delegate: () => known !== undefined,
      edit: () => this.#isEdited(known, step),
      reset: () => true,
      tend: () => true,
      pin: () => this.#isPinned(known, step),
      enrol: () => this.#deviceOf(step) !== undefined,
      lose: () => this.#deviceOf(step)?.isLost === true,
      stop: () => this.#isInForce(step, true),
      resume_stopped: () => this.#isInForce(step, false),
      suspend: () => known?.status !== 'active',
      resume: () => known?.status !== 'suspended',
      revoke: () =>
        [...grants.values()].every((grant) => !isBelow(grant, known) || grant.status === 'revoked'),
      use: () => money.calls.has(answer.id) || money.closed.has(answer.id),
      settle: () => money.closed.has(answer.id),
    }[step.kind];
    this.#books.expect(isThere(), () => `lost: ${JSON.stringify(step)}`);
  }

  #deviceOf(step: Step) {
    return 'key' in step ? this.#books.devicesOf(step.ownerId).get(step.key) : undefined;
  }

  #isPinned(grant: BookGrant | undefined, step: Step): boolean {
    if (step.kind !== 'pin') return false;
    const devices = this.#books.devicesOf(step.ownerId);
    return `${grant?.pins}` === `${step.keys.map((key) => devices.get(key)?.id)}`;
  }

  #isInForce(step: Step, isStopped: boolean): boolean {
    if (step.kind !== 'stop' && step.kind !== 'resume_stopped') return false;
    return this.#books.stopsOf(step.ownerId).has(stopOf(step)) === isStopped;
  }

  #isEdited(grant: BookGrant | undefined, step: Step): boolean {
    if (step.kind !== 'edit') return false;
    return step.access.every(
      (access) =>
        JSON.stringify(grant?.parts.get(access.provider)?.wire) === JSON.stringify(formatAccess(access)),
    );
  }

  /** What must come of a step if it is the only one and nothing goes wrong; null where anything may. */
  #expected(step: Step): boolean | null {
    const { grants } = this.#books;
    if (step.kind === 'use') {
      const grant = grants.get(step.grantId)!;
      const reason = this.#books.whyNot(grant, step.use, heldBy(step.use), this.#nowMs);
      return reason === null && this.#books.isUncertain(pathOf(grant), step.use.provider, this.#nowMs)
        ? null
        : reason === null;
    }
    if (step.kind !== 'delegate') return null;
    const { delegation } = step;
    const parent = grants.get(delegation.parentGrantId)!;
    const { clientId, isActorAuthenticated } = delegation;
    const isOwnAgent = clientId === null || clientId === parent.clientId;
    const recipient = { isOwnAgent, provenClientId: isActorAuthenticated ? clientId : null };
    const asked = delegation.asked.map(
      (access) => [access.provider, rightsOf(formatAccess(access))] as const,
    );
    const isSuspended =
      pathOf(parent).some(({ status }) => status === 'suspended') ||
      this.#books.stopsOf(parent.ownerId).size > 0;
    const path = pathOf(parent);
    const isUncertain =
      isSuspended || PROVIDERS.some((provider) => this.#books.isUncertain(path, provider, this.#nowMs));
    return isUncertain ? null : this.#books.mayDelegate(parent, asked, recipient, this.#nowMs);
  }

  /** Nothing is refused that fits, and nothing done that must not be. */
  #judgeLone({ step, answer }: Taken, expected: boolean | null): void {
    if (expected === null) return;
    this.#books.expect(
      (answer.kind === 'done') === expected,
      () =>
        `${JSON.stringify(step)}: answered ${JSON.stringify({ ...answer, call: null })}, expected ${expected}`,
    );
  }

  /** Every replica cuts what runs below a grant that someone was told is revoked. */
  async #expectCut(): Promise<void> {
    for (const { callId, live, ticket, replica } of this.#open.values()) {
      const isLost = this.#stopped.has(keyName(live.grant.ownerId, ticket.keyThumbprint));
      if (replica.isDead || !(isLost || live.path.some(({ grantId }) => this.#isRevoked(grantId)))) continue;
      const mostMs = this.#house.replicas.length > 1 ? CUT_MS : 0;
      for (const endsAt = performance.now() + mostMs; !ticket.stopped && performance.now() < endsAt; )
        await delay(1);
      this.#books.expect(ticket.stopped !== null, () => `${callId} runs on, and ${live.grant.id} is stopped`);
    }
  }

  #isRevoked(grantId: string): boolean {
    return this.#stopped.has(grantId) && this.#books.grants.get(grantId)?.status === 'revoked';
  }

  async #restart(): Promise<void> {
    await this.#house.restart();
    await this.#readJournal();
    this.#books.expect(
      this.#books.money.calls.size === 0 || this.#house.replicas.length > 1,
      () => 'calls are open',
    );
    this.#forgetEnded();
    this.#count('restarts');
  }

  #mayBeLeft(grantId: string): boolean {
    const grant = this.#books.grants.get(grantId);
    return grant !== undefined && pathOf(grant).some(({ id }) => this.#brokenOff.has(id));
  }

  /** An owner who was not answered asks again: then nothing is left. */
  async #repeatRevocations(): Promise<void> {
    const [replica] = this.#house.replicas;
    for (const grantId of this.#brokenOff) {
      const ownerId = this.#books.grants.get(grantId)!.ownerId;
      const step: Step = { kind: 'revoke', ownerId, grantId };
      const answer = await take(replica!, step, this.#nowMs);
      await this.#readJournal();
      this.#judge({ step, replica: replica!, place: this.#steps, answer });
      this.#books.expect(
        answer.kind === 'done',
        () => `revoking ${grantId} again: ${JSON.stringify(answer)}`,
      );
    }
  }

  #forgetEnded(): void {
    for (const callId of this.#open.keys()) {
      if (!this.#books.money.calls.has(callId)) this.#open.delete(callId);
    }
  }

  /** What failed commits left behind is given back in the background: a look during which that happened is taken again. */
  async #look(): Promise<void> {
    this.#count('looks at the tables');
    for (;;) {
      await this.#readJournal();
      const found = this.#books.violations.length;
      await lookAtTrees(this.#books, this.#house, this.#nowMs, (id) => this.#mayBeLeft(id));
      const [newest] = await this.#house.query('select max(id) as id from journal');
      if (Number(newest?.id ?? 0) === this.#lastRow) return;
      this.#books.violations.splice(found);
    }
  }
}

type StopStep = Step & { kind: 'stop' | 'resume_stopped' };

const stopOf = ({ what }: StopStep): string => {
  if (what.scope === 'app') return stopName('app', what.clientId);
  return what.scope === 'provider_key' ? stopName('provider_key', what.providerKeyId) : 'everything';
};

/** Whether an entry comes of this step, and not of what failed before and is given back now. */
const isOf = ({ call_id: callId }: JournalRow, step: Step): boolean =>
  callId === null || callId === (step.kind === 'use' ? step.callId : null);

/** Of a device among those of all owners. */
const keyName = (ownerId: string, key: string | null): string => `${ownerId} key ${key}`;

/** Of a stop among those of all owners. */
const nameOf = (step: StopStep): string => `${step.ownerId} ${stopOf(step)}`;

const isBelow = (grant: BookGrant, top: BookGrant | undefined): boolean =>
  pathOf(grant).some((each) => each === top);
