// Which languages are spoken to people, and which of them somebody wants.

/** Languages that everything is written in, by their tags (RFC 5646); the first one where none of them is wanted. */
export const LANGUAGES = ['en', 'de', 'ja'] as const;

/** The tag of a language that is spoken here. */
export type Language = (typeof LANGUAGES)[number];

/** The first of these tags (`de-AT`, `ja`) that is spoken here, by its language alone; null for none. */
export const firstSpoken = (tags: readonly string[]): Language | null => {
  for (const tag of tags) {
    const wanted = tag.trim().toLowerCase().split('-', 1)[0];
    const spoken = LANGUAGES.find((language) => language === wanted);
    if (spoken) return spoken;
  }
  return null;
};

/**
 * The language that a terminal asks for (POSIX: `LC_ALL`, then `LC_MESSAGES`, then `LANG`, such as `de_DE.UTF-8`), else English; English too where
 * the terminal shows another character set than the one that is written.
 */
export const languageOfTerminal = (env: Readonly<Record<string, string | undefined>>): Language => {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const [, tag = '', charset = 'utf-8'] = /^([^_.@]*)[^.@]*(?:\.([^@]*))?/.exec(locale) ?? [];
  return (/^utf-?8$/i.test(charset) ? firstSpoken([tag]) : null) ?? LANGUAGES[0];
};

/** The shape of a table of words, for another language: texts, and functions that make one. */
export type Translated<Words> = Words extends string
  ? string
  : Words extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Name in keyof Words]: Translated<Words[Name]> };
