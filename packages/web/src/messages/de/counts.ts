// How German counts things in a sentence. Numbers are written as in every language here.

/** `1 Aufruf`, `1,200 Aufrufe`. */
export const many = (count: number, one: string, other: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : other}`;

/** Calls, counted. */
export const calls = (count: number): string => many(count, 'Aufruf', 'Aufrufe');

/** Apps, counted. */
export const apps = (count: number): string => many(count, 'App', 'Apps');
