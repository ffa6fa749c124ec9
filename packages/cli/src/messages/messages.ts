// The one door to the words of the command line. Which language it is, is settled once, before any command is loaded: words may be read
// while modules are set up. Another language is another file of the shape of English, loaded only where it is spoken.

import type { Language, Translated } from '@valetkey/core';
import { en } from './en.ts';

/** All words, in one language. */
export type Messages = Translated<typeof en>;

/** What stands before a value or above a column. In a pipe it is always this, on a terminal in the language of its reader. */
export type Title = keyof Messages['titles'];

const OTHERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages>>> = {
  de: async () => (await import('./de.ts')).de,
  ja: async () => (await import('./ja.ts')).ja,
};

/** All words, in the language of this process. */
export let t: Messages = en;

/** That language. */
export let language: Language = 'en';

/** Speaks a language from here on. */
export const speak = async (wanted: Language): Promise<void> => {
  t = wanted === 'en' ? en : await OTHERS[wanted]();
  language = wanted;
};
