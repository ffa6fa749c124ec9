// What the contract suite needs of an engine, and small words for its tests. Test code; no engine may import it.

import type { Limit, Result } from '@valetkey/core';
import type { RemoverParts } from '../../audit/retention/call-remover.ts';
import type {
  Admission,
  AdmissionRefusal,
  Balance,
  ChangeRefusal,
  HoldRequest,
  Ledger,
  Link,
  LinkReading,
  Outcome,
  Settlement,
} from '../contract.ts';

/** A journal row as it is stored. */
export type JournalRow = Readonly<Record<string, string | number | null>>;

/** One ledger over one store that tests can break. */
export interface Engine {
  readonly ledger: Ledger;
  /** From now on commits fail: `lost` writes nothing, `in_doubt` writes and then reports a failure; null works again. */
  failCommits(how: 'lost' | 'in_doubt' | null): void;
  /** Ends the ledger as a crash would, without a checkpoint, and opens it again. */
  crash(): Promise<void>;
  /** Closes the ledger and opens it again. */
  restart(): Promise<void>;
  /** Runs plain SQL on the store, around the ledger. */
  query(sql: string, ...parameters: readonly (string | number)[]): Promise<readonly JournalRow[]>;
  /** What of a remover of old calls is the engine's own. */
  removal(): Pick<RemoverParts, 'db' | 'checkpoint'>;
  end(): Promise<void>;
}

/** Opens an engine on an empty store with a clock that the test sets. Entries between checkpoints are few, so that they happen. */
export type OpenEngine = (clock: { nowMs: number }) => Promise<Engine>;

/** 2026-11-22 12:00:00 UTC, a Sunday. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** A hold of a fixed amount, as for a request whose caller set the cap. */
export const exactly = (nanos: number, tokens = 0): HoldRequest => ({
  fixedNanos: nanos,
  fixedTokens: tokens,
  outputNanosPerMillion: 0,
  outputs: 0,
  maxOutputTokens: 0,
  minOutputTokens: 0,
  priced: true,
});

/** A limit in one line. */
export const limit = (unit: Limit['unit'], amount: number, per: Limit['per'] = 'total'): Limit => ({
  unit,
  amount,
  per,
});

/** A link to open below `parentId`; the owner's only other fields are defaults. */
export type LinkFields = Partial<
  Pick<Link, 'limits' | 'maxConcurrent' | 'expiresAtMs' | 'status' | 'ownerId'>
>;

/** The suite's hands on one engine: opens links, asks and settles with few words. */
export class Bench {
  readonly engine: Engine;
  readonly clock: { nowMs: number };
  #calls = 0;

  constructor(engine: Engine, clock: { nowMs: number }) {
    this.engine = engine;
    this.clock = clock;
  }

  get ledger(): Ledger {
    return this.engine.ledger;
  }

  open(id: string, parentId: string | null, fields: LinkFields = {}): Promise<Result<void, ChangeRefusal>> {
    const link = {
      id,
      ownerId: 'owner',
      parentId,
      grantId: parentId === null ? null : id,
      status: 'active' as const,
      expiresAtMs: null,
      access: null,
      limits: [],
      maxConcurrent: null,
      ...fields,
    };
    return this.ledger.change({ links: [{ kind: 'open', link }], rows: [], entries: [] });
  }

  update(linkId: string, set: LinkFields): Promise<Result<void, ChangeRefusal>> {
    return this.ledger.change({ links: [{ kind: 'update', linkId, set }], rows: [], entries: [] });
  }

  /** Resets a limit of a link. */
  reset(
    linkId: string,
    unit: Limit['unit'] = 'usd',
    per: Limit['per'] = 'total',
  ): Promise<Result<void, ChangeRefusal>> {
    return this.ledger.change({ links: [{ kind: 'reset', linkId, unit, per }], rows: [], entries: [] });
  }

  /** Corrects a call that was posted at its ceiling at `settledAtMs`, charged to the link `leafId`. */
  correct(call: Admission, leafId: string, nanos: number, settledAtMs: number, tokens = 0) {
    const { callId, admittedAtMs } = call;
    const ids = { callId, ownerId: 'owner', grantId: leafId, linkId: leafId };
    const correction = { ...ids, admittedAtMs, settledAtMs, nanos, tokens, body: { by: 'owner' } };
    return this.ledger.change({ links: [], rows: [], entries: [], correction });
  }

  async chain(leafId: string): Promise<readonly LinkReading[]> {
    const chain: LinkReading[] = [];
    for (let id: string | null = leafId; id !== null; ) {
      const link: Link | null = await this.ledger.link(id);
      chain.push({ linkId: id, version: link?.version ?? 0 });
      id = link?.parentId ?? null;
    }
    return chain;
  }

  /** Asks as the gate does: what is admitted is forwarded at once. */
  async admit(leafId: string, hold = exactly(1), chain?: readonly LinkReading[]) {
    const result = await this.ledger.admit(this.request(leafId, hold, chain ?? (await this.chain(leafId))));
    if (result.ok) this.ledger.mayForward(result.value.callId);
    return result;
  }

  request(leafId: string, hold: HoldRequest, chain: readonly LinkReading[], ownerId = 'owner') {
    const callId = `call_${String(++this.#calls).padStart(6, '0')}`;
    return { callId, ownerId, grantId: leafId, chain, hold, intent: { model: 'm-small' } };
  }

  /** Admits and fails the test if that is refused. */
  async admitted(leafId: string, hold = exactly(1)): Promise<Admission> {
    const result = await this.admit(leafId, hold);
    if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
    return result.value;
  }

  async refused(leafId: string, hold = exactly(1)): Promise<AdmissionRefusal | null> {
    const result = await this.admit(leafId, hold);
    return result.ok ? null : result.error;
  }

  settle({ callId }: Admission, nanos: number, fields: Partial<Outcome> = {}): Promise<Settlement> {
    return this.ledger.settle({
      callId,
      kind: 'settled',
      forwarded: true,
      nanos,
      tokens: 0,
      body: {},
      ...fields,
    });
  }

  async balance(linkId: string): Promise<Balance> {
    const [balance] = await this.ledger.balances([linkId]);
    if (!balance) throw new Error(`no link ${linkId}`);
    return balance;
  }

  /** Settled and held USD of a link in the window of `per`. */
  async usd(linkId: string, per: Limit['per'] = 'total'): Promise<readonly [settled: number, held: number]> {
    const { settled, held } = (await this.balance(linkId)).windows.usd[per];
    return [settled, held];
  }

  journal(): Promise<readonly JournalRow[]> {
    return this.engine.query('select * from journal order by id');
  }
}
