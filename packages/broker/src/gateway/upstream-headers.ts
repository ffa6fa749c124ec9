// The headers of the request to the provider: an allow-list of the caller's, the provider's own defaults, the trace and the key. Nothing
// else of the caller's request, hop-by-hop headers least of all, travels on.

import type { IncomingMessage } from 'node:http';
import type { Provider, UpstreamRequest } from './contract.ts';

/** Headers for one request, with the provider key in the clear. MUST only be handed to the connection. `traceparent` is made here, never the caller's. */
export const upstreamHeaders = (
  request: IncomingMessage,
  provider: Provider,
  upstream: UpstreamRequest,
  key: string,
  traceparent?: string,
): Record<string, string> => {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', ...provider.defaultHeaders };
  for (const name of provider.requestHeaders) {
    const value = request.headers[name];
    if (typeof value !== 'string') continue;
    const passed = provider.forwardedHeader ? provider.forwardedHeader(name, value) : value;
    if (passed !== null) headers[name] = passed;
  }
  if (traceparent !== undefined) headers.traceparent = traceparent;
  if (upstream.contentType !== null) headers['content-type'] = upstream.contentType;
  return Object.assign(headers, provider.authHeaders(key));
};
