// What both engines can hold as text. Asked where an id comes from outside and is looked up as it is.

/** Whether a text can be looked up: PostgreSQL has no text with a NUL and fails on it, so no id holds one. */
export const isStorableText = (text: string): boolean => !text.includes('\u0000');
