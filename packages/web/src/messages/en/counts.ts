// How English counts things in a sentence.

/** `1 call`, `1,200 calls`. */
export const many = (count: number, one: string, other: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : other}`;

/** Calls, counted. */
export const calls = (count: number): string => many(count, 'call', 'calls');

/** Apps, counted. */
export const apps = (count: number): string => many(count, 'app', 'apps');
