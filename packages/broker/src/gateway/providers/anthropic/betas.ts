// The `anthropic-beta` header switches features on. What a feature does comes in the body and is checked there; flags that steer to another
// model, server or payer are refused always, and unknown ones for callers whose unknown fields are refused.

import type { PublicError } from '@valetkey/core';
import { words } from '../reading/words.ts';

const STEERING =
  /^(?:server-side-fallback|fallback-credit|mcp-|advisor-tool|managed-agents|message-threads|user-profiles|skills)/;

/** Features without their dates. */
const KNOWN = new Set(
  words(`
    claude-code interleaved-thinking fine-grained-tool-streaming context-management context-1m token-counting
    prompt-caching prompt-caching-scope extended-cache-ttl cache-diagnosis output-128k output-300k pdfs
    token-efficient-tools structured-outputs effort task-budgets computer-use files-api web-search web-fetch
    fast-mode code-execution dev-full-thinking model-context-window-exceeded tool-search-tool tool-examples
    advanced-tool-use compact thinking-token-count thinking-display-updates thinking-binding-controls
    adaptive-thinking redact-thinking inline-tools mid-conversation-tool-changes
    mid-conversation-output-config mid-conversation-system-clear-at message-batches`),
);

/** How the caller is signed in, which is with us: the official SDK sends it beside a token of a profile. */
const SIGNED_IN = /^oauth-[\d-]+$/;

/** What of a header goes on to the provider; null for nothing. A flag about a sign-in would be about one that the provider never saw. */
export function forwardedHeader(name: string, value: string): string | null {
  if (name !== 'anthropic-beta') return value;
  const flags = value.split(',').filter((flag) => !SIGNED_IN.test(flag.trim()));
  return flags.length > 0 ? flags.join(',') : null;
}

/** Why the flags cannot be passed on; null when they can. */
export function checkBetas(header: string | undefined, unknown: 'refuse' | 'pass'): PublicError | null {
  for (const flag of (header ?? '').split(',').map((part) => part.trim())) {
    const isSteering = STEERING.test(flag);
    const isKnown = SIGNED_IN.test(flag) || KNOWN.has(flag.replace(/-\d{4}-?\d{2}-?\d{2}$/, ''));
    if (flag === '' || (!isSteering && (isKnown || (unknown === 'pass' && /^[\w.-]{1,100}$/.test(flag)))))
      continue;
    const shown = flag.replace(/[^\w.-]/g, '?').slice(0, 64);
    const message = `The beta feature \`${shown}\` in \`anthropic-beta\` is not passed on through a grant.`;
    return { code: isSteering ? 'operation_not_permitted' : 'invalid_request', message };
  }
  return null;
}
