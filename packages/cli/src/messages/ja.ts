// Every word of the command line in Japanese.

import { apps } from './ja/apps.ts';
import { audit } from './ja/audit.ts';
import { basics } from './ja/basics.ts';
import { books } from './ja/books.ts';
import { grants } from './ja/grants.ts';
import { keys } from './ja/keys.ts';
import { operating } from './ja/operating.ts';
import { programs } from './ja/programs.ts';
import { titles } from './ja/titles.ts';
import type { Messages } from './messages.ts';

/** Japanese. */
export const ja: Messages = {
  titles,
  ...basics,
  ...operating,
  ...keys,
  ...programs,
  ...grants,
  ...apps,
  ...books,
  ...audit,
};
