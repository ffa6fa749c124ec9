// The path of a request, which is all that decides who answers it.

import type { IncomingMessage } from 'node:http';

/** What stands before the query of the request target, as it was sent: not decoded, nothing resolved. */
export const pathOf = ({ url = '' }: Pick<IncomingMessage, 'url'>): string => url.split('?', 1)[0]!;
