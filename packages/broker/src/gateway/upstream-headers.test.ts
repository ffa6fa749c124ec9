// What of a caller's request reaches a provider: the headers on the provider's list, the trace with our span, nothing else.

import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { builtInProviders } from './providers/registry.ts';
import { upstreamHeaders } from './upstream-headers.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01';
const theirs = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=secret',
  baggage: 'user=ada',
  'valetkey-receipt': '?1',
  'valetkey-receipts': 'eyJ.eyJ.x',
  cookie: 'session=1',
  forwarded: 'for=192.0.2.1',
};
const request = { headers: theirs } as unknown as IncomingMessage;
const upstream = { method: 'POST', path: '/', contentType: null, body: null } as const;

describe.each(builtInProviders.map((provider) => [provider.name, provider] as const))('%s', (_, provider) => {
  it('gets a trace from us, never the caller’s own header, and nothing that is not on its list', () => {
    const without = upstreamHeaders(request, provider, upstream, 'key');
    expect(Object.keys(without).filter((name) => name in theirs)).toEqual([]);
    const traced = upstreamHeaders(request, provider, upstream, 'key', TRACEPARENT);
    expect(traced).toEqual({ ...without, traceparent: TRACEPARENT });
  });
});

it('tells Anthropic nothing of a sign-in that was with us', () => {
  const anthropic = builtInProviders.find(({ name }) => name === 'anthropic')!;
  const betas = (flags: string) =>
    upstreamHeaders(
      { headers: { 'anthropic-beta': flags } } as unknown as IncomingMessage,
      anthropic,
      upstream,
      'key',
    )['anthropic-beta'];
  expect(betas('oauth-2025-04-20')).toBeUndefined();
  expect(betas('context-1m-2025-08-07,oauth-2025-04-20')).toBe('context-1m-2025-08-07');
  expect(betas('context-1m-2025-08-07, effort-2025-11-24')).toBe('context-1m-2025-08-07, effort-2025-11-24');
});
