// Tells requests of our own pages from those that another site made a browser send with our cookies.

import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser sent this from a page of `origin`. MUST be true before a request that changes something is believed on the strength
 * of a cookie. `Origin` decides where it is sent; browsers that leave it out send `Sec-Fetch-Site`. Neither can be set by a script.
 */
export const isSameOrigin = (headers: IncomingHttpHeaders, origin: string): boolean =>
  headers.origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : headers.origin === origin;
