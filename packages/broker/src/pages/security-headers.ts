// The headers by which a browser keeps what we send from being framed, scripted, cached by others or read from elsewhere: those of every answer, and
// what pages need besides. A page holds no inline script and no inline style, and no script may turn text into markup (Trusted Types).

/** On every answer outside the gate. What a page needs more of, it says itself; what is private MUST NOT be stored anywhere. */
export const EVERY_ANSWER: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  // Holds back what a page of others embeds; what apps may read with CORS they go on reading.
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The Content-Security-Policy of pages. `formAction` lists origins (or schemes, for native apps) besides `'self'`. */
export const contentSecurityPolicy = (formAction: readonly string[] = []): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ['form-action', "'self'", ...formAction].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

/** Headers of every page. */
export const pageHeaders = (formAction: readonly string[] = []): Record<string, string> => ({
  ...EVERY_ANSWER,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentSecurityPolicy(formAction),
  'cross-origin-opener-policy': 'same-origin',
  // `no-referrer` would make browsers send `Origin: null` with forms, and the same-origin check of forms needs it.
  'referrer-policy': 'same-origin',
});
