import { expect, it } from 'vitest';
import { LIMIT_KINDS, LIMIT_PERIODS, LIMIT_UNITS, limitIndex } from './limit.ts';

it('gives every kind of limit its own index, in the order of the units and periods', () => {
  const indexes = LIMIT_UNITS.flatMap((unit) => LIMIT_PERIODS.map((per) => limitIndex(unit, per)));
  expect(indexes).toEqual(Array.from({ length: LIMIT_KINDS }, (_, index) => index));
});
