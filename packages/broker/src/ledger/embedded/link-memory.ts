// The links in memory, loaded from the store when they are first used: a grant that nobody uses costs nothing. Knows which of them have
// moved since their checkpoint, and since when.

import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import type { Link } from '../contract.ts';
import { Counters } from '../rules/counters.ts';
import { linkFromRow } from '../rules/link-row.ts';
import { type LinkShelf, ResidentLink } from '../rules/resident-link.ts';

/** One statement for both: a start of a read costs as much as the reading. */
const LOAD = `select id, owner_id, parent_id, grant_id, version, status, expires_at, access, limits, resets, max_concurrent,
  journal_id, balances
  from links left join checkpoints on link_id = id where id = ?`;

/** Finds links in memory or in the store. MUST be asked only between commits or for links that no commit under way changes. */
export class LinkMemory implements LinkShelf {
  /** The last entry whose effects may be missing from no link: those of a later touch come after it. */
  journalId = 0;
  readonly #reader: StatementCache;
  readonly #links = new Map<string, ResidentLink>();
  /** Links that differ from their checkpoint, with the entry up to which it holds. */
  readonly #unsaved = new Map<ResidentLink, number>();
  /** The same, the longest unsaved first, from `#next` on: a map finds its first entry by walking past all that were deleted before it. */
  #order: ResidentLink[] = [];
  #next = 0;
  /** Where the checkpoint of a link stood when it was loaded; kept only while the journal is read again. */
  readonly #savedAt = new Map<ResidentLink, number>();

  constructor(reader: StatementCache) {
    this.#reader = reader;
  }

  /** How many links are in memory that could be forgotten, but for those that open calls need. */
  get savedSize(): number {
    return this.#links.size - this.#unsaved.size;
  }

  /** The entry up to which every balance is saved. */
  get savedThrough(): number {
    const first = this.#order[this.#next];
    return first ? this.#unsaved.get(first)! : this.journalId;
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
    for (const link of leaf.path) {
      if (this.#unsaved.has(link)) continue;
      this.#unsaved.set(link, this.journalId);
      this.#order.push(link);
    }
  }

  /** Takes out at most `count` links that have been unsaved since the entry `before` or longer: the caller saves them. */
  takeUnsaved(before: number, count: number): readonly ResidentLink[] {
    const taken: ResidentLink[] = [];
    for (let link = this.#order[this.#next]; link && taken.length < count; link = this.#order[this.#next]) {
      if (this.#unsaved.get(link)! > before) break;
      taken.push(link);
      this.#unsaved.delete(link);
      this.#next += 1;
    }
    if (2 * this.#next > this.#order.length) {
      this.#order.splice(0, this.#next);
      this.#next = 0;
    }
    return taken;
  }

  /** The links of this path whose counters do not have the effects of the entry `journalId` yet, while the journal is read again. */
  withoutEntry(leaf: ResidentLink, journalId: number): readonly ResidentLink[] {
    return leaf.path.filter((link) => (this.#savedAt.get(link) ?? 0) < journalId);
  }

  /** Says that the journal was read again up to the entry `journalId`, its last. */
  isRebuilt(journalId: number): void {
    this.journalId = journalId;
    this.#savedAt.clear();
  }

  /** Forgets every link that is saved and not on one of the paths in use. */
  keepOnly(leaves: Iterable<ResidentLink>): void {
    const kept = new Set<ResidentLink>();
    const keep = (leaf: ResidentLink) => {
      for (const link of leaf.path) kept.add(link);
    };
    for (const leaf of leaves) keep(leaf);
    for (const leaf of this.#unsaved.keys()) keep(leaf);
    this.#links.clear();
    for (const link of kept) this.#links.set(link.link.id, link);
  }

  /** Forgets everything: what is in the store is the truth again. */
  clear(): void {
    this.#links.clear();
    this.#unsaved.clear();
    this.#order = [];
    this.#next = 0;
    this.#savedAt.clear();
  }

  #load(linkId: string): ResidentLink | null {
    const row = this.#reader.prepare(LOAD).get(linkId);
    if (!row) return null;
    if (row.balances === null) return this.#add(linkFromRow(row), new Counters());
    const resident = this.#add(linkFromRow(row), Counters.parse(row.balances as string).counters);
    const savedAt = row.journal_id as number;
    if (savedAt > this.journalId) this.#savedAt.set(resident, savedAt);
    return resident;
  }

  #add(link: Link, counters: Counters): ResidentLink {
    const parent = link.parentId === null ? null : this.get(link.parentId);
    const resident = new ResidentLink(link, parent, counters);
    this.#links.set(link.id, resident);
    return resident;
  }
}
