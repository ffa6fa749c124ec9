// The simulators' tokenizer: one token for each 4 UTF-8 bytes of text, rounded up, at least one.
// It is deterministic and never counts more tokens than the text has bytes, as no real tokenizer does.

const TEXT_KEYS = new Set([
  'text',
  'content',
  'input',
  'prompt',
  'system',
  'instructions',
  'arguments',
  'output',
]);

/** Tokens of `bytes` bytes of text: one for each 4, rounded up, at least one. */
const tokensOfBytes = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4));

/** Tokens of one text. */
export const tokensOfText = (text: string): number => tokensOfBytes(Buffer.byteLength(text));

/** UTF-8 bytes of the strings in a JSON value that are text for the model; roles, types and media are not. */
function textBytes(value: unknown, key = 'text'): number {
  if (typeof value === 'string') return TEXT_KEYS.has(key) ? Buffer.byteLength(value) : 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textBytes(item, key), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [name, member]) => sum + textBytes(member, name), 0);
}

/** Tokens of a prompt: its texts and the JSON of its tool definitions. */
export const promptTokens = (prompt: unknown, tools?: unknown): number =>
  tokensOfBytes(textBytes(prompt) + (tools === undefined ? 0 : Buffer.byteLength(JSON.stringify(tools))));

/** The unscripted answer, cut at `cap` tokens: its text, tokens, and whether it was cut. */
export function draftAnswer(
  input: number,
  cap: number | undefined,
): { text: string; tokens: number; cut: boolean } {
  const full = `This is a simulated answer to a prompt of ${input} tokens.`;
  const cut = cap !== undefined && tokensOfText(full) > cap;
  const text = cut ? full.slice(0, Math.max(1, cap) * 4) : full;
  return { text, tokens: tokensOfText(text), cut };
}

/** `text` word by word, or in at most `count` pieces of nearly equal length; never splits a character. */
export function pieces(text: string, count?: number): string[] {
  if (count === undefined) return text.split(/(?<=\s)(?=\S)/);
  const characters = [...text];
  const size = Math.max(1, Math.ceil(characters.length / Math.max(1, count)));
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += size) parts.push(characters.slice(at, at + size).join(''));
  return parts.length > 0 ? parts : [''];
}

/** `count` numbers that depend on `text` alone and have length 1 as a vector, exact in 32-bit floats' range. */
export function vectorOf(text: string, count: number): number[] {
  let seed = 2166136261;
  for (const byte of Buffer.from(text)) seed = Math.imul(seed ^ byte, 16777619) >>> 0;
  const raw = Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  });
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}
