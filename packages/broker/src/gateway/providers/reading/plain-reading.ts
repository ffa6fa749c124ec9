// What the readings of operations without an output cap have in common.

import type { Reading, UpstreamRequest } from '../../contract.ts';

/** A reading that is not streamed, offers no tools and sends `request` whatever the cap; `more` says the rest. */
export const plainReading = (
  model: string | null,
  request: () => UpstreamRequest,
  more: Pick<Reading, 'bound'> & Partial<Reading>,
): Reading => ({
  model,
  stream: false,
  tools: [],
  unbounded: null,
  serviceTiers: [],
  outputCap: null,
  minOutputTokens: 0,
  encode: request,
  hideUsageChunk: false,
  ...more,
});
