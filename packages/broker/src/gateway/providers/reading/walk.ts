// What one walk over a body's fields learns besides whether they are right: media, tools, kinds of input, and what cannot be bounded.

import type { UsageBound } from '@valetkey/core';

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
  readonly inputKinds: Set<UsageBound['inputKinds'][number]>;
  /** Whether the provider fetches some of the media, each time anew. */
  fetchesMedia: boolean;
  /** Most calls of tools that the provider runs, when the request bounds them; each reads the whole context once more. */
  serverCalls: number;
  /** Most of those calls that are web searches, which have a price of their own. */
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
  fetchesMedia: false,
  serverCalls: 0,
  webSearches: 0,
  unbounded: null,
});

/**
 * Counts one piece of media: the bytes it takes in the body (none: it is fetched), and the most tokens it can be billed as. Only audio is
 * a kind of its own: models that chat bill images as text.
 */
export const addMedia = (
  walk: Walk,
  bytes: number,
  tokens: number,
  kind: 'text' | 'audio' = 'text',
): void => {
  walk.mediaBytes += bytes;
  if (bytes === 0) walk.fetchesMedia = true;
  walk.mediaTokens += tokens;
  walk.inputKinds.add(kind);
};

/** Notes why the request cannot be bounded; the first reason counts. */
export const unbound = (walk: Walk, why: string): void => {
  walk.unbounded ??= why;
};

/** Notes a tool by name, for the grant to permit. `isStated` false: what it costs cannot be bounded. */
export const addTool = (walk: Walk, name: string, isStated: boolean): void => {
  walk.tools.add(name);
  if (!isStated)
    unbound(walk, `nobody states what the tool \`${name.replace(/[^\w.:-]/g, '?').slice(0, 64)}\` can cost`);
};
