// Lines of a table as RFC 4180 has them, for people who open them in a spreadsheet. Names come from apps, and a spreadsheet takes some for
// formulas, which can send what stands beside them elsewhere: such text MUST NOT get there as it is.

/** What a spreadsheet may begin to calculate at, behind blanks it skips; also in full width, which East Asian ones take for the same. */
const FORMULA = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n\0]/;

/** Separators of any country’s spreadsheets, quotes, and what ends a line. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/** One value: null is empty, numbers are as they are, and text that would be a formula begins with an apostrophe. */
const csvField = (value: string | number | null): string => {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A line of a CSV file (RFC 4180), with its end. */
export const csvLine = (values: readonly (string | number | null)[]): string =>
  `${values.map(csvField).join(',')}\r\n`;
