// What must hold between the broker's tables and the providers' own bills after any fault, read with plain SQL. MUST NOT ask the broker.

import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { LIMIT_PERIODS, LIMIT_UNITS } from '@valetkey/core';
import { entryNanos, type PriceList, type Simulator } from '@valetkey/testkit';
import { expect } from 'vitest';
import {
  brokenChain,
  callFaults,
  exceededBySql,
  type SqlSums,
  sumName,
  sumsBySql,
} from '../sim/sql-checks.ts';

/** One call as the journal has it. */
export interface CallRow {
  readonly callId: string;
  /** SHA-256 of the body that was sent upstream. */
  readonly bodyHash: string;
  readonly held: number;
  /** `call.settled`, `call.ceiling`, `call.released`; null while it is open. */
  readonly outcome: string | null;
  readonly settled: number;
  readonly outcomeBody: Readonly<Record<string, unknown>>;
}

const CALLS = `select admission.call_id as callId, json_extract(admission.body, '$.request_sha256') as bodyHash,
    admission.held_nanos as held, outcome.kind as outcome, coalesce(outcome.settled_nanos, 0) as settled, outcome.body as body
  from journal admission left join journal outcome on outcome.call_id = admission.call_id
    and outcome.kind in ('call.settled', 'call.ceiling', 'call.released')
  where admission.kind = 'call.admitted' order by admission.id`;

/** The database of a data folder, opened for reading only. */
export const openTables = (dataDir: string): DatabaseSync =>
  new DatabaseSync(`${dataDir}/valetkey.sqlite`, { readOnly: true });

/** Every call of the journal. */
export const callsOf = (database: DatabaseSync): readonly CallRow[] =>
  database
    .prepare(CALLS)
    .all()
    .map(
      ({ body, ...row }) =>
        ({ ...row, outcomeBody: body ? JSON.parse(String(body)) : {} }) as unknown as CallRow,
    );

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64url');

/** What was forwarded and what it costs by the provider's own bill, by the hash of the body. */
const forwardedOf = (simulator: Simulator, prices: PriceList) => {
  const billed = new Map(simulator.bill.map((entry) => [entry.requestId, entryNanos(entry, prices)]));
  return simulator.requests
    .filter(({ complete }) => complete)
    .map(({ id, body }) => ({ bodyHash: sha256(body), billedNanos: billed.get(id) ?? 0 }));
};

/** Money figures of a run. */
export interface Figures {
  readonly admitted: number;
  readonly forwarded: number;
  readonly ceilings: number;
  /** Given back after a crash, because they never went out. */
  readonly neverSent: number;
  readonly billedNanos: number;
  readonly settledNanos: number;
}

/**
 * Expects that every call is closed, that nothing was forwarded without an admission of its own, that no call is charged less than its
 * provider bills, that no limit is exceeded, and that every owner's chain of entries holds. MUST be asked after each crash, before its
 * requests are sent again: of a request that was sent twice, only the newest call is compared.
 */
export function expectMoneyIsRight(
  database: DatabaseSync,
  simulator: Simulator,
  prices: PriceList,
  nowMs = Date.now(),
): Figures {
  const calls = callsOf(database);
  const byHash = new Map(calls.map((call) => [call.bodyHash, call]));
  const forwarded = forwardedOf(simulator, prices);
  expect(calls.filter(({ outcome }) => outcome === null)).toEqual([]);
  expect(callFaults(database)).toEqual([]);
  expect(brokenChain(database)).toBeNull();
  expect(exceededBySql(database, nowMs)).toEqual([]);
  expect(new Set(forwarded.map(({ bodyHash }) => bodyHash)).size).toBe(forwarded.length);
  for (const { bodyHash, billedNanos } of forwarded) {
    const call = byHash.get(bodyHash);
    expect(call, 'a request was forwarded without an admission').toBeDefined();
    expect([call?.callId, call!.settled >= billedNanos]).toEqual([call?.callId, true]);
  }
  const neverSent = calls.filter(
    ({ outcome, outcomeBody }) => outcome === 'call.released' && outcomeBody.reason === 'crash',
  );
  const forwardedHashes = new Set(forwarded.map(({ bodyHash }) => bodyHash));
  // What never went out leaves its Idempotency-Key free, and its caller may have sent it again, as a call of its own.
  const newest = neverSent.filter((call) => byHash.get(call.bodyHash) === call);
  expect(newest.filter(({ bodyHash }) => forwardedHashes.has(bodyHash))).toEqual([]);
  const sum = (amounts: readonly number[]) => amounts.reduce((total, each) => total + each, 0);
  return {
    admitted: calls.length,
    forwarded: forwarded.length,
    ceilings: calls.filter(({ outcome }) => outcome === 'call.ceiling').length,
    neverSent: neverSent.length,
    billedNanos: sum(forwarded.map(({ billedNanos }) => billedNanos)),
    settledNanos: sum(calls.map(({ settled }) => settled)),
  };
}

/** The texts of the chats that were forwarded. */
export const forwardedTexts = (simulator: Simulator): ReadonlySet<string> =>
  new Set(
    simulator.requests
      .filter(({ complete }) => complete)
      .map(({ body }) => JSON.parse(body.toString()).messages[0].content as string),
  );

/**
 * Expects that the balances saved by an orderly end are the sums of the journal, for every link that was charged. Returns how many were
 * compared.
 */
export function expectBalancesAreSums(database: DatabaseSync): number {
  const saved = database.prepare('select link_id, balances from checkpoints').all();
  const sums = new Map<number, SqlSums>();
  let compared = 0;
  for (const { link_id: linkId, balances } of saved) {
    const { atMs, settled, held, openCalls } = JSON.parse(String(balances));
    if (!sums.has(atMs)) sums.set(atMs, sumsBySql(database, atMs));
    const row = sums.get(atMs)?.get(String(linkId));
    expect([linkId, openCalls]).toEqual([linkId, row?.open_calls ?? 0]);
    for (const [unitAt, unit] of LIMIT_UNITS.entries()) {
      for (const [periodAt, per] of LIMIT_PERIODS.entries()) {
        const at = unitAt * LIMIT_PERIODS.length + periodAt;
        const summed = (['settled', 'held'] as const).map((side) => row?.[sumName(side, unit, per)] ?? 0);
        expect([linkId, unit, per, settled[at], held[at]]).toEqual([linkId, unit, per, ...summed]);
        compared += 1;
      }
    }
  }
  const charged = database.prepare('select distinct link_id from journal where link_id is not null').all();
  const links = new Set(saved.map(({ link_id }) => link_id));
  for (const { link_id } of charged) expect(links).toContain(link_id);
  return compared;
}
