// Tables for the two doors of money in the dashboard: what people read, and what they type.

import { describe, expect, it } from 'vitest';
import { formatUsd, formatUsdFine, typedUsd } from './money.ts';

describe('formatUsd', () => {
  it.each([
    ['0', '$0.00'],
    ['5', '$5.00'],
    ['1234.5', '$1,234.50'],
    ['1234567.891', '$1,234,567.89'],
    ['0.25', '$0.25'],
    ['0.0042', '$0.0042'],
    ['0.00424999', '$0.0042'],
    ['0.000000001', '<$0.0001'],
    ['0.9999999', '$1.0000'],
    ['1.005', '$1.01'],
    ['-1.5', '−$1.50'],
  ])('shows %s as %s', (wire, shown) => {
    expect(formatUsd(wire)).toBe(shown);
  });
});

it.each([
  ['0.00000825', '$0.00000825'],
  ['0.00424999', '$0.0042'],
  ['-0.00000825', '−$0.00000825'],
])('formatUsdFine shows %s as %s', (wire, shown) => {
  expect(formatUsdFine(wire)).toBe(shown);
});

describe('typedUsd', () => {
  it.each([
    ['5', '5'],
    [' $5.50 ', '5.5'],
    ['0.000001', '0.000001'],
    ['007', '7'],
    ['', null],
    ['-1', null],
    ['1,5', null],
    ['1e3', null],
    ['0.0000001', null],
    ['12345678', null],
  ])('reads %j as %j', (input, wire) => {
    expect(typedUsd(input)).toBe(wire);
  });
});
