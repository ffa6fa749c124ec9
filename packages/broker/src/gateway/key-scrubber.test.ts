import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyScrubber } from './key-scrubber.ts';

const KEY = 'sk-canary-0123456789abcdef';

const scrub = (chunks: readonly Buffer[], key = KEY): Buffer => {
  const scrubber = new KeyScrubber(key);
  return Buffer.concat([...chunks.map((chunk) => scrubber.push(chunk)), scrubber.end()]);
};

const split = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};

/** The same rule in the plainest way: any 16 characters in a row of the key are masked. */
const maskPlainly = (text: string, key: string): string => {
  const part = Math.min(16, key.length);
  const masked = [...text];
  for (let at = 0; at + part <= text.length; at += 1)
    if (key.includes(text.slice(at, at + part))) masked.fill('*', at, at + part);
  return masked.join('');
};

describe('A61 a key that the provider echoes', () => {
  it.each([
    KEY,
    'k-1234567890',
    'k-12345678901',
    'a'.repeat(40),
    `sk-proj-${'Ab3_'.repeat(8)}${'xyz0'.repeat(9)}Q`,
  ])(
    'never reaches the caller, whole or in part (%s), wherever the chunks are cut, and everything else does, byte for byte',
    (key) => {
      const part = fc.tuple(fc.nat(key.length), fc.nat(key.length)).map(([from, to]) => key.slice(from, to));
      const piece = fc.oneof(
        fc.constant(key),
        part,
        fc.constant(key.slice(0, 15)),
        fc.constant('s'),
        fc.string(),
      );
      const cuts = fc.array(fc.nat(), { maxLength: 8 });
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 12 }), cuts, (pieces, places) => {
          const text = Buffer.from(pieces.join('')).toString('latin1');
          const expected = maskPlainly(text, key);
          expect(scrub(split(Buffer.from(text, 'latin1'), places), key).toString('latin1')).toBe(expected);
          expect(new KeyScrubber(key).mask(text)).toBe(expected);
        }),
      );
    },
  );

  it.each([
    ['its beginning', `Incorrect API key provided: ${KEY.slice(0, 20)}...`],
    ['its end', `...${KEY.slice(-20)} is not known`],
    ['its middle', `(${KEY.slice(5, 21)})`],
  ])('never reaches the caller cut to %s', (_what, text) => {
    expect(scrub([Buffer.from(text)]).toString()).toBe(maskPlainly(text, KEY));
    expect(scrub([Buffer.from(text)]).toString()).toMatch(/\*{16}/);
  });

  it('is told from what all keys of a provider have in common', () => {
    const text = 'Keys of Anthropic begin with sk-ant-api03-, yours ends with 9x_A.';
    expect(scrub([Buffer.from(text)], `sk-ant-api03-${'q'.repeat(80)}9x_A`).toString()).toBe(text);
  });

  it('never reaches the caller in a header', () => {
    expect(new KeyScrubber(KEY).mask(`a ${KEY} ${KEY}`)).toBe(`a ${'*'.repeat(26)} ${'*'.repeat(26)}`);
    expect(new KeyScrubber('sandbox').mask('sandbox-mini')).toBe('sandbox-mini');
  });

  it('costs nothing when there is nothing to hide: the same buffer goes on', () => {
    const chunk = Buffer.from('data: {"choices":[]}\n\n');
    expect(new KeyScrubber(KEY).push(chunk)).toBe(chunk);
  });

  it('leaves answers alone where the provider needs no key', () => {
    expect(scrub([Buffer.from('plain')], '').toString()).toBe('plain');
    expect(scrub([Buffer.from('sandbox-mini')], 'sandbox').toString()).toBe('sandbox-mini');
    expect(scrub([Buffer.from('sandbox-minimal')], 'sandbox-min').toString()).toBe('sandbox-minimal');
  });
});
