// Whose journals grew, so that nobody has to look through all of them. In memory: what a crash forgets, the next start finds again among
// the newest entries.

/** The owners that entries were written for since they were last taken. */
export class WrittenOwners {
  #ids = new Set<string>();
  readonly #branches: WrittenOwners[] = [];

  /** The same owners from now on for somebody else, who takes them apart from all others. */
  branch(): WrittenOwners {
    const branch = new WrittenOwners();
    this.#branches.push(branch);
    return branch;
  }

  /** Called for every batch, many thousand times a second. */
  note(ownerId: string): void {
    this.#ids.add(ownerId);
    for (const branch of this.#branches) branch.note(ownerId);
  }

  /** All of them; from now on only new ones are collected. */
  take(): string[] {
    const ids = [...this.#ids];
    this.#ids = new Set();
    return ids;
  }
}
