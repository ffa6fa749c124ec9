// A batch while it is put together: what will be one transaction in the journal.

import type { AppendBatch, SqlStatement } from '../../store/sqlite/messages.ts';
import type { EntryInput } from '../contract.ts';
import type { Amounts } from './counters.ts';
import type { OpenCall } from './open-calls.ts';

/** Collects statements and entries in the order in which they will stand. */
export class Draft implements AppendBatch {
  readonly atMs: number;
  readonly statements: SqlStatement[] = [];
  readonly entries: (string | number | null)[] = [];

  /** Links that change with this draft: until it is durable, nobody may be told of either version. */
  readonly changedLinkIds = new Set<string>();

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0 && this.statements.length === 0;
  }

  /** Adds an entry that moves no money. */
  addEntry({ ownerId, kind, callId, grantId, body }: EntryInput): void {
    const text = JSON.stringify(body);
    this.entries.push(ownerId, kind, callId ?? null, grantId ?? null, null, 0, 0, 0, 0, 0, 0, text);
  }

  /** Adds the entry of an admission or outcome: how it changes what is held and settled. */
  addCall(kind: string, call: OpenCall, held: Amounts, settled: Amounts, body: object): void {
    const { link } = call.leaf;
    this.entries.push(link.ownerId, kind, call.callId, call.grantId, link.id);
    this.entries.push(held[0], settled[0], held[2], settled[2], held[1], settled[1], JSON.stringify(body));
  }
}
