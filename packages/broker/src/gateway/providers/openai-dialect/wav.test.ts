// How long WAV files last by their headers.

import { describe, expect, it } from 'vitest';
import { wavSeconds } from './wav.ts';

/** The header of a WAV file. */
function header({
  format = 1,
  sampleRate = 8_000,
  blockBytes = 2,
  chunk = 'fmt ',
  riff = 'RIFF',
} = {}): Buffer {
  const bytes = Buffer.alloc(44);
  bytes.write(riff, 0);
  bytes.write('WAVE', 8);
  bytes.write(chunk, 12);
  bytes.writeUInt16LE(format, 20);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt16LE(blockBytes, 32);
  return bytes;
}

describe('a recording lasts as long as its bytes, never longer, and otherwise nobody knows', () => {
  it.each([
    // header, size, seconds
    [header(), 16_000, 1],
    [header(), 16_001, 2],
    [header({ format: 3, sampleRate: 48_000, blockBytes: 8 }), 384_000, 1],
    [header({ format: 85 }), 16_000, null],
    [header({ sampleRate: 1 }), 16_000, null],
    [header({ blockBytes: 0 }), 16_000, null],
    [header({ chunk: 'LIST' }), 16_000, null],
    [header({ riff: 'fLaC' }), 16_000, null],
    [header().subarray(0, 43), 43, null],
  ])('%#', (head, size, expected) => {
    expect(wavSeconds(head, size)).toBe(expected);
  });
});
