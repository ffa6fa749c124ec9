// What is sealed opens under its key and for what it belongs to, and under nothing else.

import { describe, expect, it } from 'vitest';
import { markOf, openSealed, openText, readSealed, sealText } from './sealing.ts';

const key = new Uint8Array(32).fill(7);
const nonce = new Uint8Array(12).fill(1);
const NAME = '0123456789abcdef';
const BINDING = ['key', 'a', 1] as const;
const seal = (name: string | null, text = 'geheim ✓') => sealText({ key, name }, BINDING, text, nonce);
const open = (sealed: string, binding: readonly (string | number)[] = BINDING) =>
  openText((name) => (name === null || name === NAME ? key : undefined), binding, sealed);

describe('a sealed text', () => {
  it.each([null, NAME])('opens under the key that it names: %s', (name) => {
    expect(open(seal(name))).toBe('geheim ✓');
    expect(open(seal(name, ''))).toBe('');
    expect(seal(name).startsWith(markOf(name))).toBe(true);
    expect(readSealed(BINDING, seal(name))?.keyName).toBe(name);
  });

  it.each<[string, readonly (string | number)[]]>([
    ['another part', ['key', 'b', 1]],
    ['a part of another kind', ['key', 'a', '1']],
    ['parts that run together', ['keya', 1]],
    ['one part less', ['key', 'a']],
    ['one part more', ['key', 'a', 1, '']],
  ])('does not open for %s', (_what, binding) => {
    expect(open(seal(null), binding)).toBeNull();
  });

  it('does not open under another key, nor under one that nobody knows', () => {
    const other = readSealed(BINDING, seal(null))!;
    expect(openSealed(new Uint8Array(32), other)).toBeNull();
    expect(open(seal('fedcba9876543210'))).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['a mark alone', 'v1.'],
    ['too little for a nonce and a tag', `v1.${Buffer.alloc(27).toString('base64url')}`],
    ['no ciphertext, which nobody sealed', `v1.${Buffer.alloc(28).toString('base64url')}`],
    ['another version', seal(null).replace('v1', 'v3')],
    ['a name in capitals', seal(NAME).replace('abcdef', 'ABCDEF')],
    ['a blank behind it', `${seal(null)} `],
  ])('is not %s', (_what, sealed) => {
    expect(open(sealed)).toBeNull();
  });

  it('is never made with a nonce that is not of 12 bytes', () => {
    for (const size of [0, 11, 13, 16])
      expect(() => sealText({ key, name: null }, BINDING, 'x', new Uint8Array(size))).toThrow('12 bytes');
  });
});
