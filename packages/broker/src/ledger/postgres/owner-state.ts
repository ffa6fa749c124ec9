// What a replica has read of one owner: the head of the journal, the links it asked for and their counters. True as long as the owner's
// revision is the one it was read at, which every commit checks.

import type { Link } from '../contract.ts';
import { Counters } from '../rules/counters.ts';
import { linkFromRow } from '../rules/link-row.ts';
import { type LinkShelf, ResidentLink } from '../rules/resident-link.ts';

/** A row of `open_calls`. */
export interface OpenCallRow {
  readonly call_id: string;
  readonly grant_id: string | null;
  readonly link_id: string;
  readonly admitted_at: number;
  readonly held_nanos: number;
  readonly held_tokens: number;
}

/** What the function `valetkey_state` answers. */
export interface StateRow {
  readonly revision: number;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  /** Rows of `links` with their counters, ancestors included, in no order. */
  readonly links: readonly Readonly<Record<string, unknown>>[];
  /** Of the calls asked for, those that are open. */
  readonly open_calls: readonly OpenCallRow[];
  /** Of the calls asked for, those that have an outcome, and what it settled. */
  readonly outcomes: readonly { readonly call_id: string; readonly nanos: number }[];
}

/** How a call stands in the database. */
export type CallStanding =
  | { readonly open: OpenCallRow }
  | { readonly settledNanos: number }
  | { readonly unknown: true };

/** The state of one owner as one replica decides on it. */
export class OwnerState implements LinkShelf {
  revision: number;
  seq: number;
  hash: string;
  readonly #links = new Map<string, ResidentLink>();
  readonly #touched = new Set<ResidentLink>();
  readonly #standings = new Map<string, CallStanding>();

  constructor({ revision, seq, hash }: StateRow) {
    this.revision = revision;
    this.seq = seq;
    this.hash = hash;
  }

  get size(): number {
    return this.#links.size;
  }

  /** Adds what was read at this same revision. `askedCallIds` that the row does not name are unknown to the database. */
  add(row: StateRow, askedCallIds: readonly string[]): void {
    const rows = new Map(row.links.map((link) => [link.id as string, link]));
    for (const linkId of rows.keys()) this.#addLink(linkId, rows);
    for (const callId of askedCallIds) this.#standings.set(callId, { unknown: true });
    for (const open of row.open_calls) this.#standings.set(open.call_id, { open });
    for (const { call_id, nanos } of row.outcomes) this.#standings.set(call_id, { settledNanos: nanos });
  }

  get(linkId: string): ResidentLink | null {
    return this.#links.get(linkId) ?? null;
  }

  put(link: Link): void {
    const resident = this.#links.get(link.id);
    if (resident) resident.replace(link);
    else this.#add(link, new Counters());
  }

  touch(leaf: ResidentLink): void {
    for (const link of leaf.path) this.#touched.add(link);
  }

  /** How a call that was asked for stands; undefined if it was not asked for at this revision. */
  standing(callId: string): CallStanding | undefined {
    return this.#standings.get(callId);
  }

  /** The links whose counters differ from what is stored. */
  get touched(): Iterable<ResidentLink> {
    return this.#touched;
  }

  /** Takes note that everything decided on this state is committed. */
  advance(seq: number, hash: string): void {
    this.revision += 1;
    this.seq = seq;
    this.hash = hash;
    this.#touched.clear();
    this.#standings.clear();
  }

  #addLink(linkId: string, rows: ReadonlyMap<string, Readonly<Record<string, unknown>>>): void {
    const row = rows.get(linkId);
    if (!row || this.#links.has(linkId)) return;
    const link = linkFromRow(row);
    if (link.parentId !== null) this.#addLink(link.parentId, rows);
    const counters = row.counters as string | null;
    this.#add(link, counters === null ? new Counters() : Counters.parse(counters).counters);
  }

  #add(link: Link, counters: Counters): void {
    const parent = link.parentId === null ? null : this.get(link.parentId);
    this.#links.set(link.id, new ResidentLink(link, parent, counters));
  }
}
