// What somebody may use in all, in words and as lines of a form.

import type { Maximum } from '../api/types.ts';
import { known } from '../format/known.ts';
import { formatLimit } from '../format/limit.ts';
import { listNames } from '../format/list.ts';
import { t } from '../messages/messages.ts';
import { LIMIT_KINDS, type LimitRow, typedLimit } from './limits.ts';

/** `$20.00 a month and 500 requests a day`. */
export const maximaWords = (maxima: readonly Maximum[]): string =>
  listNames(
    maxima.map(({ unit, per, amount }) =>
      t.limits.amountIn(formatLimit(unit, amount), known(t.people.per, per) ?? per),
    ),
  );

/** The lines of a form, in fixed order. */
export const maximaRows = (maxima: readonly Maximum[]): readonly LimitRow[] =>
  LIMIT_KINDS.flatMap(({ name, unit, per }) => {
    const found = maxima.find((each) => each.unit === unit && each.per === per);
    return found ? [{ name, input: String(found.amount) }] : [];
  });

/** What the lines say; null as long as one of them is no amount. */
export const readMaxima = (rows: readonly LimitRow[]): readonly Maximum[] | null => {
  const read = rows.flatMap(({ name, input }) => {
    const kind = LIMIT_KINDS.find((each) => each.name === name);
    const amount = typedLimit(name, input);
    return kind && amount !== null ? [{ unit: kind.unit, per: kind.per, amount }] : [];
  });
  return read.length === rows.length ? read : null;
};
