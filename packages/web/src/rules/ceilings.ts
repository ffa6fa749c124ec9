// Where a ceiling above a grant leaves less than typed limits allow: the owner's own, or that of the provider key that pays. The server decides;
// this is told beforehand.

import { exceedsRoom } from '@valetkey/core';
import type { Ceilings } from '../api/alerts.ts';
import type { LimitState } from '../api/types.ts';
import { formatLimit } from '../format/limit.ts';
import { t } from '../messages/messages.ts';
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

/** What a minute holds is full again before anybody has read it. */
const linesOf = (
  whose: string,
  states: readonly LimitState[],
  sets: readonly TypedSet[],
): readonly string[] =>
  states
    .filter(
      ({ unit, per, remaining }) =>
        per !== 'minute' &&
        LIMIT_KINDS.some((kind) => kind.unit === unit && kind.per === per) &&
        exceedsRoom(sets.map(limitsOf), { unit, per, amount: limitNumber(unit, remaining) }),
    )
    .map(({ unit, per, remaining }) => t.alerts.ceilingLeaves(whose, formatLimit(unit, remaining), per));

/** A sentence for each ceiling that stops calls before all that is typed is used; what is not an amount yet counts as no limit. */
export const ceilingLines = (
  { own, data }: Pick<Ceilings, 'own' | 'data'>,
  sets: readonly TypedSet[],
): readonly string[] => [
  ...linesOf(t.alerts.ownCeiling, own, sets),
  ...data.flatMap(({ provider_key: { id, label }, states }) => {
    const drawing = sets.filter(({ keyId }) => keyId === id);
    return drawing.length === 0 ? [] : linesOf(t.alerts.keyCeiling(label), states, drawing);
  }),
];
