// The links in memory, loaded from the store when they are first used: a grant that nobody uses costs nothing.

import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import type { Link } from '../contract.ts';
import { Counters } from '../rules/counters.ts';
import { linkFromRow } from '../rules/link-row.ts';
import { type LinkShelf, ResidentLink } from '../rules/resident-link.ts';
import { readBalances } from './checkpoint.ts';

/** Finds links in memory or in the store. MUST be asked only between commits or for links that no commit under way changes. */
export class LinkMemory implements LinkShelf {
  readonly #reader: StatementCache;
  readonly #links = new Map<string, ResidentLink>();
  #unsaved = new Set<ResidentLink>();

  constructor(reader: StatementCache) {
    this.#reader = reader;
  }

  get size(): number {
    return this.#links.size;
  }

  /** The link with its ancestors, from memory or loaded now; null if there is none. */
  get(linkId: string): ResidentLink | null {
    return this.#links.get(linkId) ?? this.#load(linkId);
  }

  /** Takes in a link that was just stored for the first time, or the new version of a known one. */
  put(link: Link): void {
    const resident = this.#links.get(link.id);
    if (resident) resident.replace(link);
    else this.#add(link, new Counters());
  }

  /** Remembers that the counters along the path of this link differ from their checkpoint. */
  touch(leaf: ResidentLink): void {
    for (const link of leaf.path) this.#unsaved.add(link);
  }

  /** The links whose counters changed since they were last taken. */
  takeUnsaved(): readonly ResidentLink[] {
    const unsaved = [...this.#unsaved];
    this.#unsaved = new Set();
    return unsaved;
  }

  /** Forgets every link that is not on one of the paths in use. MUST be called only when all counters are saved. */
  keepOnly(leaves: Iterable<ResidentLink>): void {
    const kept = new Set([...leaves].flatMap((leaf) => leaf.path));
    this.#links.clear();
    for (const link of kept) this.#links.set(link.link.id, link);
  }

  /** Forgets everything: what is in the store is the truth again. */
  clear(): void {
    this.#links.clear();
    this.#unsaved.clear();
  }

  #load(linkId: string): ResidentLink | null {
    const row = this.#reader.prepare('select * from links where id = ?').get(linkId);
    return row ? this.#add(linkFromRow(row), readBalances(this.#reader, linkId)) : null;
  }

  #add(link: Link, counters: Counters): ResidentLink {
    const parent = link.parentId === null ? null : this.get(link.parentId);
    const resident = new ResidentLink(link, parent, counters);
    this.#links.set(link.id, resident);
    return resident;
  }
}
