// The one door to the words of the dashboard. Which language it is, is settled once, before anything else of the dashboard is loaded: words
// may be read while modules are set up. Another language is another file of the shape of English, loaded only where it is spoken.

import { firstSpoken, type Language, type Translated } from '@valetkey/core';
import { en } from './en.ts';

/** All words, in one language. */
export type Messages = Translated<typeof en>;

/** Languages, by their tags, as they call themselves. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  ja: '日本語',
};

/** How dates and lists are written: in English the day comes before the month here. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de', ja: 'ja' };

const OTHERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages>>> = {
  de: async () => (await import('./de.ts')).de,
  ja: async () => (await import('./ja.ts')).ja,
};

/** All words, in the language of this page. */
export let t: Messages = en;

/** The language of this page, and the locale in which it writes dates and lists. Numbers are written one way in all, as amounts are typed. */
export let language: Language = 'en';
export let locale: string = LOCALES.en;

/** The server reads it as well, so that its pages speak as these do. */
const COOKIE = 'valetkey_language';
const YEAR_SECONDS = 365 * 86_400;

/** The language that somebody wants: the one that was chosen here, else the first of the browser's that is spoken, else English. */
export const wantedLanguage = (cookies: string, preferred: readonly string[]): Language => {
  const chosen = new RegExp(`(?:^|; )${COOKIE}=([a-z]{2})`).exec(cookies)?.[1] ?? '';
  return firstSpoken([chosen, ...preferred]) ?? 'en';
};

/** Speaks a language from here on. */
export const speak = async (wanted: Language): Promise<void> => {
  if (wanted !== 'en') t = await OTHERS[wanted]();
  language = wanted;
  locale = LOCALES[wanted];
  document.documentElement.lang = wanted;
};

/** Keeps a choice in this browser. It counts from the next page on. */
export const chooseLanguage = (chosen: Language): void => {
  // biome-ignore lint/suspicious/noDocumentCookie: read by the server, and there is no other way in every browser.
  document.cookie = `${COOKIE}=${chosen}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
};
