// A batch while it is put together: what will be one transaction in the journal.

import type { EntryColumns } from '../../audit/hash-entry.ts';
import type { EntryInput, Link, Statement } from '../contract.ts';
import type { Amounts } from './counters.ts';
import type { OpenCall } from './open-calls.ts';

const COLUMNS: EntryColumns['length'] = 12;

/** Collects rows, links and entries in the order in which they will stand. */
export class Draft {
  readonly atMs: number;
  /** Rows of other rooms, written before the links: a provider key's link takes its provider from its row. */
  readonly rows: Statement[] = [];
  /** Links as they will stand; version 1 is a new one. A link may come more than once, the last one counts. */
  readonly links: Link[] = [];
  /** All entries in one flat array, in the order of `EntryColumns`: it crosses a thread boundary far faster than objects. */
  readonly entries: (string | number | null)[] = [];

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  get isEmpty(): boolean {
    return this.entries.length + this.links.length + this.rows.length === 0;
  }

  /** The entries one by one. */
  *eachEntry(): Generator<EntryColumns> {
    for (let start = 0; start < this.entries.length; start += COLUMNS) {
      yield this.entries.slice(start, start + COLUMNS) as unknown as EntryColumns;
    }
  }

  /** The links as they will stand in the end, each once. Until the draft is durable nobody may be told of them. */
  changedLinks(): readonly Link[] {
    return [...new Map(this.links.map((link) => [link.id, link])).values()];
  }

  /** Adds an entry that moves no money. */
  addEntry({ ownerId, kind, callId, grantId, body }: EntryInput): void {
    const text = JSON.stringify(body);
    this.entries.push(ownerId, kind, callId ?? null, grantId ?? null, null, 0, 0, 0, 0, 0, 0, text);
  }

  /** Adds the entry of an admission, outcome or correction: how it changes what is held and settled. */
  addCall(
    kind: string,
    call: Pick<OpenCall, 'callId' | 'grantId' | 'leaf'>,
    held: Amounts,
    settled: Amounts,
    body: object,
  ): void {
    const { link } = call.leaf;
    this.entries.push(link.ownerId, kind, call.callId, call.grantId, link.id);
    this.entries.push(held[0], settled[0], held[2], settled[2], held[1], settled[1], JSON.stringify(body));
  }
}
