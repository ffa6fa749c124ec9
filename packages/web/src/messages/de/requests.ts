// The words about requests for more, in German.

/** What apps and agents ask for beyond what they have. */
export const requests = {
  title: 'Bitten um mehr',
  asks: (name: string) => `${name} bittet um mehr`,
  through: (names: readonly string[]) => `über ${names.join(' und ')}`,
  change: (label: string, from: string | null, to: string, used: string | null) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : ` (bisher ${used} verbraucht)`}`,
  above: (count: number) =>
    count === 1
      ? 'Eine Freigabe darüber würde mit angehoben.'
      : `${count} Freigaben darüber würden mit angehoben.`,
  words: 'In ihren eigenen Worten',
  decide: 'Entscheiden',
  decideOf: (name: string) => `Entscheiden, was ${name} bekommt`,
};
