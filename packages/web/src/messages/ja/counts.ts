// How Japanese counts things in a sentence: it has no plural.

/** `1 件の呼び出し`. */
export const calls = (count: number): string => `${count.toLocaleString('en')} 件の呼び出し`;

/** Apps, counted. */
export const apps = (count: number): string => `${count.toLocaleString('en')} 個のアプリ`;

/** A number as it is written here. */
export const number = (count: number): string => count.toLocaleString('en');
