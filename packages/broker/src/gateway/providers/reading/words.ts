// Lists of names as they are read best: separated by blanks.

/** The words of a text. */
export const words = (text: string): readonly string[] => text.trim().split(/\s+/);
