// What a provider charges for, in disjoint categories that every dialect can be written from.
// No unit is ever counted in two categories, so a bill is a plain sum.

/** The categories of a bill. Tokens, except `webSearches`, `images` (pieces), `characters` and `seconds` (audio). */
export const CATEGORIES = [
  'input',
  'cachedInput',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'imageInput',
  'output',
  'reasoning',
  'audioOutput',
  'imageOutput',
  'webSearches',
  'images',
  'characters',
  'seconds',
] as const;

/** One category of a bill: see {@link CATEGORIES}. `input` is what was neither cached, audio nor image; `output` is without `reasoning`. */
export type Category = (typeof CATEGORIES)[number];

/** What one request used, by category. Categories never overlap. */
export type Usage = Readonly<Record<Category, number>>;

/** A usage of zero in every category but those given. */
export const usageOf = (counts: Partial<Usage>): Usage => ({
  ...(Object.fromEntries(CATEGORIES.map((category) => [category, 0])) as Usage),
  ...counts,
});

/** All tokens that went in, cached or not. */
export const inputTokens = (usage: Usage): number =>
  usage.input +
  usage.cachedInput +
  usage.cacheWrite5m +
  usage.cacheWrite1h +
  usage.audioInput +
  usage.imageInput;

/** All tokens that came out, hidden reasoning included. */
export const outputTokens = (usage: Usage): number =>
  usage.output + usage.reasoning + usage.audioOutput + usage.imageOutput;

/** The usage after `done` of `total` pieces were sent: what went in is whole, what came out grows in proportion. */
export const usageSoFar = (usage: Usage, done: number, total: number): Usage =>
  done >= total ? usage : { ...usage, output: Math.floor((usage.output * done) / total) };
