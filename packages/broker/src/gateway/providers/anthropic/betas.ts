// The `anthropic-beta` header switches features on. What a feature does comes in the body and is checked there; flags that steer to another
// model, server or payer are refused always, and unknown ones for callers whose unknown fields are refused.

import type { PublicError } from '@valetkey/core';

const STEERING =
  /^(?:server-side-fallback|fallback-credit|mcp-|advisor-tool|managed-agents|message-threads|user-profiles|skills)/;

const KNOWN = new RegExp(
  `^(?:${[
    ...[
      'claude-code',
      'interleaved-thinking',
      'fine-grained-tool-streaming',
      'context-management',
      'context-1m',
      'token-counting',
    ],
    ...[
      'prompt-caching',
      'extended-cache-ttl',
      'cache-diagnosis',
      'output-128k',
      'output-300k',
      'pdfs',
      'token-efficient-tools',
    ],
    ...[
      'structured-outputs',
      'effort',
      'task-budgets',
      'computer-use',
      'files-api',
      'web-search',
      'web-fetch',
      'fast-mode',
    ],
    ...[
      'code-execution',
      'dev-full-thinking',
      'model-context-window-exceeded',
      'tool-search-tool',
      'advanced-tool-use',
      'compact',
    ],
    ...[
      'thinking-token-count',
      'thinking-display-updates',
      'thinking-binding-controls',
      'mid-conversation-[a-z-]+',
      'inline-tools',
    ],
    ...['tool-examples', 'redact-thinking', 'adaptive-thinking', 'prompt-caching-scope', 'message-batches'],
  ].join('|')})-\\d{4}-?\\d{2}-?\\d{2}$`,
);

/** Why the flags cannot be passed on; null when they can. */
export function checkBetas(header: string | undefined, unknown: 'refuse' | 'pass'): PublicError | null {
  for (const flag of (header ?? '').split(',').map((part) => part.trim())) {
    if (flag === '' || (KNOWN.test(flag) && !STEERING.test(flag))) continue;
    if (unknown === 'pass' && /^[\w.-]{1,100}$/.test(flag) && !STEERING.test(flag)) continue;
    const shown = flag.replace(/[^\w.-]/g, '?').slice(0, 64);
    const message = `The beta feature \`${shown}\` in \`anthropic-beta\` is not passed on through a grant.`;
    return { code: STEERING.test(flag) ? 'operation_not_permitted' : 'invalid_request', message };
  }
  return null;
}
