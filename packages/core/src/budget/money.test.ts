import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatUsd,
  formatUsdExact,
  formatUsdFine,
  MAX_USD_NANOS,
  NANOS_PER_USD,
  parseUsd,
  usdDecimal,
  usdNanos,
  usdWritten,
} from './money.ts';

describe('parseUsd', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [5, 5_000_000_000],
    [0.1, 100_000_000],
    [4.35, 4_350_000_000],
    [0.000001, 1000],
    ['0.000001', 1000],
    ['5.00', 5_000_000_000],
    [1234567.123456, 1_234_567_123_456_000],
    [9_000_000, MAX_USD_NANOS],
    ['9000000.000000', MAX_USD_NANOS],
  ])('reads %j as %i nanos', (input, nanos) => {
    expect(parseUsd(input)).toEqual({ ok: true, value: nanos });
  });

  it.each([
    1e-7,
    0.1 + 0.2,
    -1,
    -0.000001,
    9_000_000.000001,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    ' 5',
    '5 ',
    '+5',
    '-0',
    '05',
    '.5',
    '5.',
    '5,0',
    '1e3',
    '0x10',
    '5.0000000',
    '9000001',
    '5\n',
    null,
    undefined,
    true,
    [5],
    { usd: 5 },
    5n,
  ])('refuses %s', (input) => {
    expect(parseUsd(input)).toMatchObject({ ok: false, error: expect.stringMatching(/^must be /) });
  });

  const micros = fc.integer({ min: 0, max: MAX_USD_NANOS / 1000 });

  it('is exact for every amount of millionths, written as a number or as a string', () => {
    fc.assert(
      fc.property(micros, (amount) => {
        const text = usdDecimal(amount * 1000);
        expect(parseUsd(text)).toEqual({ ok: true, value: amount * 1000 });
        expect(parseUsd(Number(text))).toEqual({ ok: true, value: amount * 1000 });
      }),
    );
  });
});

describe('usdDecimal', () => {
  it.each([
    [0, '0'],
    [1, '0.000000001'],
    [4_200_000, '0.0042'],
    [-1_500_000_000, '-1.5'],
    [10 * NANOS_PER_USD, '10'],
    [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
  ])('writes %i nanos as %s', (nanos, text) => {
    expect(usdDecimal(nanos)).toBe(text);
  });

  it('loses no nano', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nanos) => {
        const [, sign, dollars, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(usdDecimal(nanos)) ?? [];
        expect(BigInt(`${sign}${dollars}${fraction.padEnd(9, '0')}`)).toBe(BigInt(nanos));
      }),
    );
  });

  it('throws on what is no whole number of nanos', () => {
    expect(() => usdDecimal(1.5)).toThrow('not an amount in nanos');
  });
});

describe('formatUsd', () => {
  it.each([
    [0, '$0.00'],
    [1, '<$0.0001'],
    [99_999, '<$0.0001'],
    [100_000, '$0.0001'],
    [4_200_000, '$0.0042'],
    [10_000_000, '$0.01'],
    [12_340_000, '$0.0123'],
    [250_000_000, '$0.25'],
    [999_999_999, '$1.0000'],
    [5_000_000_000, '$5.00'],
    [4_995_000_000, '$5.00'],
    [4_994_999_999, '$4.99'],
    [1_234_500_000_000, '$1,234.50'],
    [MAX_USD_NANOS, '$9,000,000.00'],
    [-1_500_000_000, '-$1.50'],
    [-1, '-<$0.0001'],
  ])('shows %i nanos as %s', (nanos, text) => {
    expect(formatUsd(nanos)).toBe(text);
  });

  it('never shows a positive amount as zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_USD_NANOS }), (nanos) => {
        expect(formatUsd(nanos)).toMatch(/[1-9]/);
      }),
    );
  });
});

describe('formatUsdFine', () => {
  it.each([
    [1, '$0.000000001'],
    [8_250, '$0.00000825'],
    [99_999, '$0.000099999'],
    [-8_250, '-$0.00000825'],
  ])('shows %i nanos, less than a hundredth of a cent, as %s', (nanos, text) => {
    expect(formatUsdFine(nanos)).toBe(text);
  });

  it('shows everything else as formatUsd does', () => {
    fc.assert(
      fc.property(fc.constantFrom(-1, 1), fc.integer({ min: 100_000, max: MAX_USD_NANOS }), (sign, nanos) => {
        expect(formatUsdFine(sign * nanos)).toBe(formatUsd(sign * nanos));
      }),
    );
    expect(formatUsdFine(0)).toBe('$0.00');
  });
});

describe('formatUsdExact and usdWritten', () => {
  it.each([
    [0, '$0', '0'],
    [5 * NANOS_PER_USD, '$5', '5'],
    [NANOS_PER_USD / 2, '$0.50', '0.50'],
    [1_234_500_000_000, '$1,234.50', '1234.50'],
    [9_000_000 * NANOS_PER_USD, '$9,000,000', '9000000'],
    [1_000_001_000_000, '$1,000.001', '1000.001'],
    [4_200_000, '$0.0042', '0.0042'],
    [12_345_678, '$0.012345678', '0.012345678'],
    [-1_500_000_000, '-$1.50', '-1.50'],
  ])('%d nanos read %s and stand in a field as %s', (nanos, text, written) => {
    expect([formatUsdExact(nanos), usdWritten(nanos)]).toEqual([text, written]);
    expect(usdNanos(written)).toBe(nanos);
  });
});

describe('usdNanos', () => {
  it('takes back every amount that usdDecimal gave', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nanos) => {
        expect(usdNanos(usdDecimal(nanos))).toBe(nanos);
      }),
    );
  });

  it.each(['', '1.', '.5', '1e3', '0.0000000001', 'NaN', '1 '])(
    'throws on %j, which usdDecimal never gives',
    (text) => {
      expect(() => usdNanos(text)).toThrow('not an amount');
    },
  );
});
