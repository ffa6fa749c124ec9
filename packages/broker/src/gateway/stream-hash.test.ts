import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamHash } from './stream-hash.ts';

describe('the hash of a stream', () => {
  it('is that of its bytes, however they were cut, and whatever became of the pieces', () => {
    const sizes = fc.array(fc.oneof(fc.nat(200), fc.integer({ min: 3900, max: 9000 })), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const pieces = lengths.map((length, at) => Buffer.alloc(length, at + 1));
        const whole = Buffer.concat(pieces);
        const running = new StreamHash();
        for (const piece of pieces) {
          running.note(piece);
          piece.fill(0);
        }
        expect(running.digest()).toBe(hash('sha256', whole, 'base64url'));
      }),
    );
  });
});
