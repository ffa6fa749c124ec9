// How a verification of the ledger is shown: its counts, and the first thing that does not add up.

import { type Result, succeed } from '@valetkey/core';
import { type Failure, failWith } from './failure.ts';
import { said, words } from './format.ts';
import { t } from './messages/messages.ts';
import type { Terminal } from './terminal.ts';

/** What was looked at and what was found, wherever it was found. */
export interface LedgerFindings {
  readonly entries: number;
  /** Only where more than one owner was looked at. */
  readonly owners?: number;
  readonly calls: number;
  readonly open_calls: number;
  readonly removed_calls: number;
  readonly links: number;
  readonly faults: readonly { readonly entry_id: number | null; readonly problem: string }[];
}

/** Prints the findings; fails with the first fault in words, so that the exit code says it too. */
export function showFindings(findings: LedgerFindings, terminal: Terminal): Result<void, Failure> {
  const { entries, calls, open_calls, removed_calls, links, faults } = findings;
  const problems = faults.map(({ entry_id, problem }) =>
    entry_id === null ? words(problem) : said(({ ledgerVerify }) => ledgerVerify.fault(entry_id, problem)),
  );
  terminal.result(findings, [
    ['Journal entries', words(entries)],
    ['Calls', words(calls)],
    ['Still open', words(open_calls)],
    ...(removed_calls > 0 ? [['Old calls that were removed', words(removed_calls)] as const] : []),
    ['Balances compared', words(links)],
    ['Faults', { text: String(faults.length), tone: faults.length > 0 ? 'bad' : 'good' }],
    ...problems.map((problem) => ['Fault', problem] as const),
  ]);
  return problems[0] === undefined
    ? succeed(undefined)
    : failWith(t.ledgerVerify.doesNotAddUp(problems[0].text));
}
