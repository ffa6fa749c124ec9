// The statements of a batch: reading an owner's state and committing what was decided on it. What they mean stands with the functions in
// `store/postgres/ledger-schema.ts`.

import { type EntryColumns, genesisHash, hashEntry } from '../../audit/hash-entry.ts';
import type { Link } from '../contract.ts';
import type { Draft } from '../rules/draft.ts';
import type { OpenCall } from '../rules/open-calls.ts';
import type { OwnerState, StateRow } from './owner-state.ts';

/** As much of a connection as the ledger uses. */
export interface Connection {
  query(statement: { readonly name?: string; readonly text: string; readonly values?: unknown[] }): Promise<{
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly rowCount: number | null;
  }>;
}

/** Which links and calls a batch is about. */
export interface Needs {
  readonly linkIds: readonly string[];
  readonly callIds: readonly string[];
}

/** Reads an owner's state. `lock` holds everyone else off until the transaction ends, and makes older decisions fail. */
export async function readState(
  connection: Connection,
  ownerId: string,
  { linkIds, callIds }: Needs,
  lock: boolean,
): Promise<StateRow> {
  const { rows } = await connection.query({
    name: 'valetkey-open',
    text: 'select valetkey_open($1, $2, $3, $4, $5) as state',
    values: [ownerId, genesisHash(ownerId), linkIds, callIds, lock],
  });
  return rows[0]?.state as StateRow;
}

/** What was decided on a state and is to be written: the argument `p_write` of `valetkey_commit`. */
export interface Write {
  readonly at: number;
  readonly seq: number;
  readonly hash: string;
  readonly entries: readonly object[];
  readonly opened: readonly object[];
  readonly closed: readonly string[];
  readonly balances: readonly object[];
  readonly links: readonly object[];
  readonly notices: readonly string[];
}

/** The answer to a commit: done, or the state as it stands when another replica came first, or this replica was declared dead. */
export type CommitReply =
  | { readonly committed: true }
  | { readonly moved: StateRow }
  | { readonly ended: true };

/** Writes a batch if the owner still stands at the state's revision; with nothing to write it only checks that. */
export async function commitBatch(
  connection: Connection,
  batch: {
    readonly ownerId: string;
    readonly replicaId: string;
    readonly state: OwnerState;
    readonly needs: Needs;
    readonly write: Write | null;
  },
): Promise<CommitReply> {
  const { ownerId, replicaId, state, needs, write } = batch;
  const { rows } = await connection.query({
    name: 'valetkey-commit',
    text: 'select valetkey_commit($1, $2, $3, $4, $5, $6) as reply',
    values: [
      ownerId,
      replicaId,
      state.revision,
      needs.linkIds,
      needs.callIds,
      write && JSON.stringify(write),
    ],
  });
  return rows[0]?.reply as CommitReply;
}

/** Puts together what a draft decided on a state; null when that is nothing but refusals. */
export function toWrite(
  draft: Draft,
  state: OwnerState,
  calls: { readonly opened: readonly OpenCall[]; readonly closed: readonly string[] },
  notices: readonly string[],
): Write | null {
  if (draft.isEmpty) return null;
  const { entries, seq, hash } = chain(draft, state);
  return {
    at: draft.atMs,
    seq,
    hash,
    entries,
    opened: calls.opened.map((call) => ({
      call_id: call.callId,
      link_id: call.leaf.link.id,
      grant_id: call.grantId,
      admitted_at: call.admittedAtMs,
      held_nanos: call.holdNanos,
      held_tokens: call.holdTokens,
    })),
    closed: calls.closed,
    balances: [...state.touched].map(({ link, counters }) => ({
      link_id: link.id,
      counters: counters.format(draft.atMs),
    })),
    links: draft.changedLinks().map(toLinkRow),
    notices,
  };
}

/** The entries of a draft, hung onto the owner's chain. */
function chain(draft: Draft, head: { readonly seq: number; readonly hash: string }) {
  let { seq, hash } = head;
  const entries: object[] = [];
  for (const columns of draft.eachEntry()) {
    seq += 1;
    hash = hashEntry(hash, seq, draft.atMs, columns);
    entries.push(toEntryRow(seq, hash, columns));
  }
  return { entries, seq, hash };
}

const toEntryRow = (seq: number, hash: string, columns: EntryColumns) => ({
  seq,
  hash,
  kind: columns[1],
  call_id: columns[2],
  grant_id: columns[3],
  link_id: columns[4],
  held_nanos: columns[5],
  settled_nanos: columns[6],
  held_tokens: columns[7],
  settled_tokens: columns[8],
  held_requests: columns[9],
  settled_requests: columns[10],
  body: columns[11],
});

const toLinkRow = (link: Link) => ({
  id: link.id,
  parent_id: link.parentId,
  grant_id: link.grantId,
  provider: link.access?.provider ?? null,
  version: link.version,
  status: link.status,
  expires_at: link.expiresAtMs,
  access: link.access === null ? null : JSON.stringify(link.access),
  limits: JSON.stringify(link.limits),
  resets: JSON.stringify(link.resets),
  max_concurrent: link.maxConcurrent,
});
