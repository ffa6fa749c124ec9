// Every word of the command line in German.

import { apps } from './de/apps.ts';
import { audit } from './de/audit.ts';
import { basics } from './de/basics.ts';
import { books } from './de/books.ts';
import { grants } from './de/grants.ts';
import { keys } from './de/keys.ts';
import { operating } from './de/operating.ts';
import { programs } from './de/programs.ts';
import { titles } from './de/titles.ts';
import type { Messages } from './messages.ts';

/** German. */
export const de: Messages = {
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
