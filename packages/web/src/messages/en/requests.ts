// The words about requests for more, in English.

/** What apps and agents ask for beyond what they have. */
export const requests = {
  title: 'Requests for more',
  asks: (name: string) => `${name} asks for more`,
  through: (names: readonly string[]) => `through ${names.join(' and ')}`,
  change: (label: string, from: string | null, to: string, used: string | null) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : ` (${used} used so far)`}`,
  above: (count: number) =>
    count === 1
      ? 'One grant above it would be raised with it.'
      : `${count} grants above it would be raised with it.`,
  words: 'In its own words',
  decide: 'Decide',
  decideOf: (name: string) => `Decide what ${name} gets`,
} as const;
