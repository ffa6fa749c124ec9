// What a campaign of crashes has done, added up, for the line that it ends with.

import type { Seen } from './crash-load.ts';
import type { Figures } from './money.ts';

/** See the top of this file. */
export class CrashFigures {
  /** Balances of checkpoints that were compared with sums over the journal. */
  balances = 0;
  recoveryKills = 0;
  #lives = 0;
  #answered = 0;
  #late = 0;
  readonly #changes = new Map<string, number>();
  #house: Figures | null = null;
  readonly #recoveryMs: number[] = [];
  readonly #sums = { admitted: 0, forwarded: 0, ceilings: 0, neverSent: 0, billedNanos: 0, settledNanos: 0 };

  life({ answered, late, changes }: Seen): void {
    this.#lives += 1;
    this.#answered += answered.size;
    this.#late += late.size;
    for (const kind of changes) this.#changes.set(kind, (this.#changes.get(kind) ?? 0) + 1);
  }

  recovered(tookMs: number): void {
    this.#recoveryMs.push(tookMs);
  }

  /** Of the house so far. */
  money(figures: Figures): void {
    this.#house = figures;
  }

  /** The house is done. */
  close(): void {
    const names = Object.keys(this.#sums) as (keyof Figures)[];
    for (const name of names) this.#sums[name] += this.#house?.[name] ?? 0;
    this.#house = null;
  }

  /** In a few lines. */
  format(): string {
    const { admitted, forwarded, ceilings, neverSent, billedNanos, settledNanos } = this.#sums;
    const inOrder = this.#recoveryMs.toSorted((one, other) => one - other);
    const ms = (share: number) => Math.round(inOrder[Math.floor((inOrder.length - 1) * share)] ?? 0);
    const changes = [...this.#changes].map(([kind, times]) => `${times} ${kind}`);
    return [
      `Node ${process.version}, SQLite ${process.versions.sqlite}`,
      `crashes: ${this.#lives} at points of a call, ${this.recoveryKills} in recoveries`,
      `calls: ${admitted} admitted, ${forwarded} forwarded, ${ceilings} posted at their ceiling (${percent(ceilings, admitted)}), ${neverSent} given back because they never went out`,
      `money: ${billedNanos} nanos billed, ${settledNanos} settled`,
      `acknowledged and found again: ${this.#answered} answers; ${changes.join(', ')}`,
      `sent with a token that had been revoked: ${this.#late}, none forwarded`,
      `balances compared with sums: ${this.balances}`,
      `recovery: p50 ${ms(0.5)} ms, max ${ms(1)} ms`,
    ].join('\n');
  }
}

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
