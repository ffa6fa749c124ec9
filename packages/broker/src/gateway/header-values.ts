// Finds every value of a header of a request, for headers that must not come twice: Node's own `headers` drops repeated ones in silence,
// and `headersDistinct` copies all of them to tell.

import type { IncomingMessage } from 'node:http';

/** The values of the header `name` (lower case), in the order sent; empty if it is not there. */
export const headerValues = ({ rawHeaders }: IncomingMessage, name: string): readonly string[] => {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const found = rawHeaders[at];
    if (found?.length === name.length && found.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
};
