// Turns a draft into the one transaction that the writing thread makes of it.

import type { AppendBatch, SqlValue } from '../../store/sqlite/messages.ts';
import type { Draft } from '../rules/draft.ts';
import { insertLink, updateLink } from './link-rows.ts';

/** The batch of a draft: rows of other rooms first, then links, then entries. */
export const toBatch = ({ atMs, rows, links, entries }: Draft): AppendBatch => ({
  atMs,
  statements: [
    ...rows.map(({ sql, parameters }) => ({ sql, parameters: parameters as readonly SqlValue[] })),
    ...links.map((link) => (link.version === 1 ? insertLink(link) : updateLink(link))),
  ],
  entries,
});
