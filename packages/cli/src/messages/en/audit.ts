// Words about the journal as evidence.

/** English. */
export const audit = {
  auditExport: {
    summary: 'Write your journal to standard output, an entry on each line',
    from: 'the first moment; a date begins at 00:00 UTC (default: all)',
    to: 'the end, which is not part of it (default: now)',
    format: 'jsonl, which can be verified (default), or ecs, in the names of the Elastic Common Schema',
    formatWanted: '--format must be jsonl or ecs',
    momentWanted: (flag: string) =>
      `${flag} must be a date or a time, such as 2026-11-22 or 2026-11-22T08:00:00Z`,
    notForTerminals: 'This is for a file or a program: valetkey audit export > journal.jsonl',
    brokeOff: 'The export broke off: what was written is not all. Run it again.',
  },
  auditVerify: {
    summary: 'Check an exported journal offline, and name the first entry that is not right',
    checkpoints: 'signed checkpoints, kept apart from the database',
    keys: 'the public keys that may have signed them (a JWK set)',
    part: 'only a period was exported: what is before and after it is not missed',
    goTogether: '--checkpoints and --keys go together',
    unsigned: 'A cut at the end, or a journal written anew, shows only with --checkpoints and --keys.',
    unsignedEnd: (entries: number) =>
      `No checkpoint speaks of the last ${entries} entries: they may have been written anew.`,
  },
  auditReceipts: {
    summary: 'Check receipts of calls offline, and show which grants they were made under',
    keys: 'the public keys of receipts (a JWK set); needed',
    journal: 'hold them against an exported journal; whether that is whole, audit verify says',
    issuer: 'the broker that they must name',
    keysWanted: '--keys is missing: a receipt proves nothing without them',
    noKeys: (file: string) => `${file} holds no JWK set.`,
    noReceipt: (file: string) => `${file} holds no receipt.`,
    ownCalls: 'Calls of its own',
    wholeCost: 'Cost, with all below',
    grantOf: (grant: string, client: string) => `${grant}, of ${client}`,
    leftJournal: (call: string, journal: string) =>
      `Call ${call} is so old that it has left ${journal}: the receipt is all there is.`,
    noOutcome: (call: string, journal: string) => `Call ${call} has no outcome in ${journal}.`,
    otherwise: (call: string, journal: string) => `${journal} says otherwise of call ${call}.`,
    provesNothing: (receipt: number, problem: string) => `Receipt ${receipt} proves nothing: ${problem}.`,
    missing: (grant: string) => `There is no receipt of grant ${grant}, which stands above others.`,
  },
  auditGraph: {
    summary: 'Show how a call was allowed: its chain of grants, limits and spending as they stood',
    file: 'read an exported journal instead of asking the broker',
    fileWanted: '--file must name a file',
    entry: (seq: number) => `Entry ${seq}`,
    entryAt: (kind: string, at: string) => `${kind} at ${at}`,
    /** What stands in the tree of a call, one after the other. */
    facts: {
      key: (id: string) => `provider key ${id}`,
      grant: (id: string) => `grant ${id}`,
      named: (what: string, name: string) => `${what} “${name}”`,
      version: (version: number) => `version ${version}`,
      actsAs: (actor: string) => `acts as ${actor}`,
      app: (id: string) => `app ${id}`,
      boundTo: (thumbprint: string) => `bound to key ${thumbprint}`,
      spent: (settled: string, held: string) => `spent ${settled}, held ${held}`,
      /** Old calls were removed, so that it can not be told any more. */
      spentPruned: 'spent pruned',
      below: (grants: number) => `${grants} below`,
      entry: (seq: number) => `entry ${seq}`,
    },
    limit: (amount: string, per: string, settled: string, held: string) =>
      `${amount} ${per}: ${settled} spent, ${held} held`,
    pruned: 'pruned',
  },
  auditErase: {
    summary:
      'Erase the names of an access that has ended, of an app that was removed, or everything of yours',
    grant: 'an access that has ended, with all below it',
    app: 'an app that was removed, with every access it had',
    owner: 'you: ends every access, removes every key, and deletes your account',
    oneWanted: 'name one of --grant, --app and --owner',
  },
};
