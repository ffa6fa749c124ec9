// Every word of the command line in English. Sentences with values are functions, so that another language can order them differently.
// MUST NOT contain logic beyond choosing a plural.

import { apps } from './en/apps.ts';
import { audit } from './en/audit.ts';
import { basics } from './en/basics.ts';
import { books } from './en/books.ts';
import { grants } from './en/grants.ts';
import { keys } from './en/keys.ts';
import { operating } from './en/operating.ts';
import { programs } from './en/programs.ts';
import { titles } from './en/titles.ts';

/** English. */
export const en = {
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
