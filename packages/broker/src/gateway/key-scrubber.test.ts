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

describe('A61 a key that the provider echoes', () => {
  it('never reaches the caller, wherever the chunks are cut, and everything else does, byte for byte', () => {
    const piece = fc.oneof(fc.constant(KEY), fc.constant(KEY.slice(0, 12)), fc.constant('s'), fc.string());
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (pieces, cuts) => {
          const bytes = Buffer.from(pieces.join(''));
          const expected = bytes.toString('latin1').replaceAll(KEY, '*'.repeat(KEY.length));
          expect(scrub(split(bytes, cuts)).toString('latin1')).toBe(expected);
        },
      ),
    );
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
  });
});
