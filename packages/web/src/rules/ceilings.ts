// Where a ceiling above a grant leaves less than typed limits allow: the owner's own, or that of the provider key that pays. The server decides;
// this is told beforehand.

import { ceilingLines, ceilingMessages, type Limit } from '@valetkey/core';
import type { Ceilings } from '../api/alerts.ts';
import type { LimitState } from '../api/types.ts';
import { language } from '../messages/messages.ts';
import { LIMIT_KINDS, type LimitRow, limitNumber, typedLimit } from './limits.ts';

/** A set of limits as it is typed, and the provider key that they draw on. */
export interface TypedSet {
  readonly rows: readonly LimitRow[];
  readonly keyId: string | undefined;
}

const limitsOf = ({ rows }: TypedSet) => ({
  limits: rows.flatMap(({ name, input }) => {
    const kind = LIMIT_KINDS.find((each) => each.name === name);
    const amount = typedLimit(name, input);
    return kind && amount !== null
      ? [{ unit: kind.unit, per: kind.per, amount: limitNumber(kind.unit, amount) }]
      : [];
  }),
});

/** What is left of them, as far as this page knows their kinds. */
const leftOf = (states: readonly LimitState[]): readonly Limit[] =>
  states
    .filter(({ unit, per }) => LIMIT_KINDS.some((kind) => kind.unit === unit && kind.per === per))
    .map(({ unit, per, remaining }) => ({ unit, per, amount: limitNumber(unit, remaining) }));

/** A sentence for each ceiling that stops calls before all that is typed is used; what is not an amount yet counts as no limit. */
export const typedCeilingLines = (
  { own, data }: Pick<Ceilings, 'own' | 'data'>,
  sets: readonly TypedSet[],
): readonly string[] => {
  const words = ceilingMessages[language];
  return [
    ...ceilingLines(words.own, leftOf(own), sets.map(limitsOf), words),
    ...data.flatMap(({ provider_key: { id, label }, states }) => {
      const drawing = sets.filter(({ keyId }) => keyId === id);
      if (drawing.length === 0) return [];
      return ceilingLines(words.key(label), leftOf(states), drawing.map(limitsOf), words);
    }),
  ];
};
