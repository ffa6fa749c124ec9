// In which language a request is answered: as its person chose in the dashboard, else as the app that sent them asks (`ui_locales`), else as
// the browser prefers. It goes with the request, so that rules need not know of it. Nothing is decided by it but words.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { type AccessMessages, accessMessages, firstSpoken, LANGUAGES, type Language } from '@valetkey/core';

interface Spoken {
  /** Null where none of those that are spoken here was asked for. */
  readonly language: Language | null;
  /** Whether the person said so here. */
  readonly isChosen: boolean;
}

const spoken = new AsyncLocalStorage<Spoken>();

/** The language that the request at hand asks for; null for none that is spoken here. */
export const languageAskedFor = (): Language | null => spoken.getStore()?.language ?? null;

/** The language in which it is answered; English where none was asked for, and outside of any request. */
export const languageAtHand = (): Language => languageAskedFor() ?? LANGUAGES[0];

const CHOSEN = /(?:^|;\s*)valetkey_language=([a-z]{2})(?:;|$)/;

/** `de-AT,de;q=0.8,en;q=0.5`, what is preferred first (RFC 9110, section 12.5.4). */
const accepted = (header: string): readonly string[] =>
  header
    .slice(0, 200)
    .split(',')
    .map((range) => {
      const [tag = '', weight] = range.split(';');
      return { tag, weight: weight === undefined ? 1 : Number(weight.replace(/^\s*q=/, '')) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);

/** Answers a request in its language. */
export const inLanguageOf = <Answer>(
  { headers }: Pick<IncomingMessage, 'headers'>,
  answer: () => Answer,
): Answer => {
  const chosen = firstSpoken([CHOSEN.exec(headers.cookie ?? '')?.[1] ?? '']);
  const language = chosen ?? firstSpoken(accepted(headers['accept-language'] ?? ''));
  return spoken.run({ language, isChosen: chosen !== null }, answer);
};

/** Goes on in the first of the languages that an app asks for (`ui_locales`, separated by spaces), unless the person chose one here. */
export const inLocales = <Answer>(uiLocales: string | null, answer: () => Answer): Answer => {
  const wanted = firstSpoken(uiLocales?.slice(0, 200).split(' ') ?? []);
  if (wanted === null || spoken.getStore()?.isChosen) return answer();
  return spoken.run({ language: wanted, isChosen: false }, answer);
};

/** Writes to somebody who does not ask, in their language. */
export const inLanguage = <Answer>(language: Language, answer: () => Answer): Answer =>
  spoken.run({ language, isChosen: true }, answer);

/** Words in the language of the request at hand: read anew each time. MUST NOT be read while modules are set up. */
export const words = <Words extends object>(tables: Readonly<Record<Language, Words>>): Words =>
  new Proxy(tables[LANGUAGES[0]], { get: (_english, name) => Reflect.get(tables[languageAtHand()], name) });

/** The words that describe rights, in the language of the request at hand. */
export const accessWords: AccessMessages = words(accessMessages);
