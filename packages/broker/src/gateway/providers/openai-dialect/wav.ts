// How long a WAV file lasts, from its header. Only plain PCM at an ordinary sample rate: there, and only there, bytes bound the time.

/** Telephone quality; slower ones would make few bytes last for hours. */
const LEAST_SAMPLE_RATE = 8_000;
const PCM = 1;
const FLOAT = 3;

/**
 * The most seconds a WAV file of `size` bytes that begins with `head` can last; null when it is not plain PCM with the format chunk first, as
 * every recorder writes it. The whole file counts as sound, so that a wrong length in the header changes nothing.
 */
export function wavSeconds(head: Uint8Array, size: number): number | null {
  if (head.byteLength < HEADER_BYTES || !isWav(head)) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const format = view.getUint16(20, true);
  const sampleRate = view.getUint32(24, true);
  const blockBytes = view.getUint16(32, true);
  if (wordAt(head, 12) !== 'fmt ' || (format !== PCM && format !== FLOAT)) return null;
  if (sampleRate < LEAST_SAMPLE_RATE || blockBytes === 0) return null;
  return Math.ceil(size / (sampleRate * blockBytes));
}

/** Whether bytes begin as a WAV file does, whatever the caller calls them. */
export const isWav = (head: Uint8Array): boolean => wordAt(head, 0) === 'RIFF' && wordAt(head, 8) === 'WAVE';

/** How much of a file its header takes at least. */
export const HEADER_BYTES = 44;

const wordAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
