// What one walk over a body's fields learns besides whether they are right: media, tools, kinds of input, and what cannot be bounded.

/** The facts of one request, gathered by the rules that check its fields. */
export interface Walk {
  readonly unknownFields: 'refuse' | 'pass';
  readonly model: string;
  /** Tool types asked for. */
  readonly tools: Set<string>;
  /** Bytes of the canonical body that are media, not text for the model; they are bounded by `mediaTokens` instead. */
  mediaBytes: number;
  /** Most tokens of all media together. */
  mediaTokens: number;
  readonly inputKinds: Set<'text' | 'audio' | 'image' | 'cache_write_5m' | 'cache_write_1h'>;
  /** Calls of paid tools that the request itself bounds, for any tool and for web search alone. */
  toolCalls: number;
  webSearches: number;
  unbounded: string | null;
}

/** A walk that has seen nothing yet. */
export const startWalk = (unknownFields: 'refuse' | 'pass', model = ''): Walk => ({
  unknownFields,
  model,
  tools: new Set(),
  mediaBytes: 0,
  mediaTokens: 0,
  inputKinds: new Set(['text']),
  toolCalls: 0,
  webSearches: 0,
  unbounded: null,
});

/** Counts one piece of media: the bytes it takes in the body, and the most tokens it can be billed as. */
export const addMedia = (walk: Walk, kind: 'audio' | 'image', bytes: number, tokens: number): void => {
  walk.mediaBytes += bytes;
  walk.mediaTokens += tokens;
  walk.inputKinds.add(kind);
};
