// The words about to whom a grant may be delegated, in German.

const levels = (count: number): string => `${count} ${count === 1 ? 'Stufe' : 'Stufen'}`;

/** Wherever an owner decides it. */
export const sharing = {
  title: 'Weitergabe an andere Agenten und Apps',
  depth: 'Wie tief',
  effect: 'Was sie jemandem gegeben hat, der es nicht mehr haben darf, endet beim nächsten Aufruf.',
  levels: (count: number) => (count === 0 ? 'Sie darf ihr Limit nicht weitergeben' : levels(count)),
  to: 'An wen',
  anyone: 'Jeden Agenten und jede App, die sie aussucht',
  ownAgents: 'Eigene Agenten der App',
  client: (name: string) => `${name}, sobald sie sich ausweist`,
  nobody: 'Wählen Sie mindestens einen Empfänger, oder lassen Sie die Weitergabe nicht zu.',
  own: (count: number) => `An ihre eigenen Agenten weitergegeben, ${levels(count)} tief`,
};
