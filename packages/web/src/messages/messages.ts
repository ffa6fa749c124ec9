// The one door to the words of the dashboard. Another language is another file of the same shape, chosen here.

import { en } from './en.ts';

/** All words, in the language of this page. */
export const t = en;
