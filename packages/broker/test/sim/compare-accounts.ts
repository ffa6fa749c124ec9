// Compares three accounts of the same life: plain SQL over the raw tables, the oracle's books, and what the ledger says of itself.

import type { DatabaseSync } from 'node:sqlite';
import type { Ledger } from '../../src/ledger/contract.ts';
import { PERIODS, UNITS } from './books.ts';
import type { Oracle } from './oracle.ts';
import { callFaults, exceededBySql, type SqlSums, sumName, sumsBySql } from './sql-checks.ts';

/** Notes every difference as a violation. `atMs` is the ledger's time. */
export async function compareAccounts(
  oracle: Oracle,
  database: DatabaseSync,
  ledger: Ledger,
  atMs: number,
): Promise<void> {
  const sums = sumsBySql(database, atMs);
  await compareBalances(oracle, sums, ledger, atMs);
  await compareLinks(oracle, database, ledger, atMs);
  const exceeded = exceededBySql(database, atMs, sums);
  for (const limit of exceeded)
    oracle.expect(oracle.excused.has(limit), () => `a budget is exceeded: ${limit}`);
  for (const limit of oracle.excused) if (!exceeded.includes(limit)) oracle.excused.delete(limit);
  const faults = callFaults(database);
  oracle.expect(faults.length === 0, () => faults.join('; '));
}

async function compareBalances(oracle: Oracle, sums: SqlSums, ledger: Ledger, atMs: number): Promise<void> {
  const { books } = oracle;
  for (const { linkId, openCalls, windows } of await ledger.balances([...books.links.keys()])) {
    const row = sums.get(linkId);
    const open = row?.open_calls ?? 0;
    oracle.expect(open === openCalls, () => `${linkId}: ${openCalls} calls open, SQL says ${open}`);
    for (const unit of UNITS) {
      for (const per of PERIODS) {
        const summed = `${row?.[sumName('settled', unit, per)] ?? 0} + ${row?.[sumName('held', unit, per)] ?? 0}`;
        const told = `${windows[unit][per].settled} + ${windows[unit][per].held}`;
        const { settled, held } = books.sum(linkId, unit, per, atMs);
        const isSame = told === summed && `${settled} + ${held}` === summed;
        const name = `${linkId} ${unit} ${per}`;
        oracle.expect(isSame, () => `${name}: ledger ${told}, SQL ${summed}, books ${settled} + ${held}`);
      }
    }
  }
}

async function compareLinks(
  oracle: Oracle,
  database: DatabaseSync,
  ledger: Ledger,
  atMs: number,
): Promise<void> {
  const { books } = oracle;
  const select = database.prepare(
    'select version, status, expires_at, limits, resets from links where id = ?',
  );
  for (const link of books.links.values()) {
    const row = select.get(link.id);
    const told = await ledger.link(link.id);
    const kept = [link.version, link.status, link.expiresAtMs, JSON.stringify(link.limits)].join();
    const stored = [row?.version, row?.status, row?.expires_at, row?.limits].join();
    const said = [told?.version, told?.status, told?.expiresAtMs, JSON.stringify(told?.limits)].join();
    oracle.expect(
      stored === kept && said === kept,
      () => `${link.id}: ledger ${said}, stored ${stored}, books ${kept}`,
    );
    const resets = JSON.stringify(told?.resets);
    const isReset = link.limits.every((limit) => {
      const reset = books.resetOf(link, limit, atMs);
      const found = told?.resets.find(({ unit, per }) => unit === limit.unit && per === limit.per);
      return reset === null || (found?.amount === reset.amount && found.atMs === reset.atMs);
    });
    oracle.expect(
      row?.resets === resets && isReset,
      () => `${link.id}: resets ${resets}, stored ${row?.resets}, books ${JSON.stringify([...link.resets])}`,
    );
  }
}
