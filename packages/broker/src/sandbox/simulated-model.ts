// The sandbox's model: a pure function from a prompt to an answer that says what it is.
// It MUST NOT pretend to be an AI, nor ever use more tokens than the caller's cap.

/** Models that answer a prompt; `sandbox-large` answers at more length. */
export const CHAT_MODELS = ['sandbox-mini', 'sandbox-large'] as const;
/** Models that embed. */
export const EMBEDDING_MODELS = ['sandbox-embed'] as const;

const BYTES_PER_TOKEN = 4;
const QUOTED_WORDS = 8;
const QUOTED_CHARACTERS = 80;
const DEFAULT_DIMENSIONS = 64;

/** An answer and what it used. */
export interface SimulatedAnswer {
  readonly text: string;
  /** The text in the pieces that a stream sends; joined, they are the text. */
  readonly words: readonly string[];
  readonly inputTokens: number;
  /** At most the cap. */
  readonly outputTokens: number;
  /** True when the cap cut the text. */
  readonly cut: boolean;
}

/**
 * Tokens of a text: one for each 4 UTF-8 bytes, rounded up, at least one.
 *
 * Never more than the text has bytes (an empty text counts one, for its message).
 */
export const countTokens = (text: string): number =>
  Math.max(1, Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN));

/**
 * The answer to a prompt, cut at `capTokens` if there is one.
 *
 * @param texts all texts of the prompt, the newest last
 */
export function answerPrompt(
  model: (typeof CHAT_MODELS)[number],
  texts: readonly string[],
  capTokens: number | undefined,
): SimulatedAnswer {
  const prompt = texts.join('');
  const inputTokens = countTokens(prompt);
  const full = compose(model, prompt, texts.at(-1) ?? '', inputTokens);
  const text = capTokens === undefined ? full : firstBytes(full, capTokens * BYTES_PER_TOKEN);
  const words = text.split(/(?<=\s)(?=\S)/);
  return { text, words, inputTokens, outputTokens: countTokens(text), cut: text.length < full.length };
}

/** A vector of length 1 that depends on the text alone; it carries no meaning. */
export function embedText(text: string, dimensions = DEFAULT_DIMENSIONS): number[] {
  let state = 2_166_136_261;
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 16_777_619) >>> 0;
  const raw = Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => value / length);
}

function compose(model: string, prompt: string, newest: string, tokens: number): string {
  const short =
    `This is a simulated answer: ${model} is a part of Valetkey, and no AI was asked. ` +
    `Your prompt has ${Buffer.byteLength(prompt)} bytes (${tokens} tokens here)${quote(newest)}.`;
  if (model === 'sandbox-mini') return short;
  return (
    `${short} The rest of this request was real: your token was checked, its limits held the most it could cost, ` +
    'and what it did cost was written to the ledger. Add a provider key to get real answers.'
  );
}

function quote(text: string): string {
  const words = text.trim().split(/\s+/).slice(0, QUOTED_WORDS).join(' ');
  if (words === '') return '';
  return ` and its newest part begins with: ${JSON.stringify([...words].slice(0, QUOTED_CHARACTERS).join(''))}`;
}

/** As much of `text` as fits into `limit` UTF-8 bytes without splitting a character. */
function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
