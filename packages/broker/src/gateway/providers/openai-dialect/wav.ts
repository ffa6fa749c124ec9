// How long a WAV file lasts, from its header. Only plain PCM at an ordinary sample rate: there, and only there, bytes bound the time.

/** Bytes of one second at the lowest ordinary quality: 8 kHz, 8 bit, mono. */
const LEAST_SAMPLE_RATE = 8_000;
const PCM = 1;
const FLOAT = 3;

/**
 * The most seconds the file can last; null when it is not plain PCM WAV with the format chunk first, as every recorder writes it.
 * The whole file counts as sound, so that a wrong length in the header changes nothing.
 */
export function wavSeconds(bytes: Uint8Array): number | null {
  if (bytes.byteLength < 44) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (word(0) !== 'RIFF' || word(8) !== 'WAVE' || word(12) !== 'fmt ') return null;
  const format = view.getUint16(20, true);
  const sampleRate = view.getUint32(24, true);
  const blockBytes = view.getUint16(32, true);
  if ((format !== PCM && format !== FLOAT) || sampleRate < LEAST_SAMPLE_RATE || blockBytes === 0) return null;
  return Math.ceil(bytes.byteLength / (sampleRate * blockBytes));
}
