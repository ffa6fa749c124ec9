// Words about grants that are made, edited and delegated.

/** English. */
export const grants = {
  /** Options that several commands have, and what is wrong with them. */
  grantFlags: {
    requests: 'the most requests it may make in total',
    partProvider: 'the part for this provider, where there are several',
    modelMissing: "--model is missing ('*' allows every model)",
    ceilingMissing: 'a ceiling is missing: add --limit 5/month, or --requests N',
    badExpires:
      '--expires must be a duration such as 12h or 30d, or a date and time such as 2026-12-31T00:00:00Z',
    /** `what` is the option or the argument. */
    badPeriod: (what: string, text: string, periods: string) =>
      `${what} ${text}: after the slash comes one of ${periods}`,
    twoLimits: (text: string) => `--limit ${text}: there are two limits for the same period`,
  },
  shortGrant: {
    provider: 'whose models, such as openai (default: what fits the program, or the only one with a key)',
    model: "a model, or a beginning such as 'gpt-5*'; may be repeated (default: all)",
    limit: 'the most it may spend; may be repeated (default: 5)',
    capability: 'a kind of work, such as chat; may be repeated (default: all)',
    expires: 'when it ends, such as 30m or 2h (default: 8h)',
    name: 'what you see it called',
  },
  grantCreate: {
    summary: 'Make a token with a scope and a budget',
    provider: 'whose models, such as openai (required)',
    model: "a model, a beginning such as 'gpt-5*', or '*' for all; may be repeated (required)",
    limit: 'the most it may spend per month, week, day, minute or in total; may be repeated',
    capability: 'a kind of work, such as chat or embeddings; may be repeated (default: all)',
    expires: 'when it ends: 90m, 12h, 30d, 8w or a date and time (default: never)',
    delegationDepth: 'how many levels may be delegated further (default: 0)',
    delegateTo:
      'own_agents, or a client_id that has to prove itself; may be repeated, means one level (default: anyone)',
    device: 'only from this device of yours; may be repeated (default: from anywhere)',
    name: 'what you call it, such as the program that uses it',
    shownOnce: (id: string) => `The token is shown only now. Stop it with: valetkey apps revoke ${id}`,
  },
  grantEdit: {
    summary: 'Change what a grant may do; what no option names stays',
    model: 'these models instead; may be repeated',
    limit: 'these limits of money instead of all that there are; may be repeated',
    capability: 'these kinds of work instead; may be repeated',
    expires: 'when it ends: 90m, 12h, 30d, 8w or a date and time',
    delegationDepth: 'how many levels may be delegated further',
    delegateTo: 'only to these: own_agents, or a client_id; may be repeated',
    changeMissing: 'an option that says what changes is missing',
    done: 'Changed. It counts from the next call.',
    notUnderstood: (problem: string) => `This release does not understand the grant: ${problem}`,
    noPart: (provider: string, names: string) => `This grant has no part for ${provider}. It has: ${names}`,
    whichPart: (names: string) => `Say which part of the grant with --provider: one of ${names}`,
  },
  delegate: {
    summary: 'Make a narrower token below a grant, or run a program with one',
    from: 'one of your own grants (default: the token in VALETKEY_TOKEN, OPENAI_API_KEY and the like)',
    provider: 'only this provider of the grant (default: all)',
    model: "a model, or a beginning such as 'gpt-5*'; may be repeated (default: those of the grant)",
    limit: 'the most it may spend; may be repeated (default: what the grant has left)',
    capability: 'a kind of work, such as chat; may be repeated (default: those of the grant)',
    expires: 'when it ends, such as 15m or 8h (default: 1h)',
    depth: 'how many levels it may delegate further (default: 0)',
    delegateTo:
      'whom it may delegate to: own_agents or a client_id; may be repeated, means one level (default: as the grant)',
    name: 'what its owner sees it called (default: worker)',
    keep: 'let it live on when the command has ended',
    jsonWithCommand: '--json prints the token, so it goes with no command',
    noPart: (provider: string) => `The grant has no part for ${provider}.`,
    whichProvider: (names: string) =>
      `The grant is for several providers (${names}): say which one with --provider.`,
    runsWith: (name: string, id: string) => `${name} has the grant ${id}, which ends with it.`,
    runsUntil: (name: string, id: string, end: string) => `${name} has the grant ${id}, which ends ${end}.`,
    notPermitted:
      'This grant may not be delegated. Its owner can make one that may: valetkey grant create --delegation-depth 1',
    shownOnce: (parentId: string) =>
      `The token is shown only now. It ends with the grant above it, ${parentId}.`,
  },
};
