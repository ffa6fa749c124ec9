// Reads a table of text: RFC 4180, with commas or tabs, whichever the first line has. Cells stay text.

/** The rows by the names of their columns; lower case, without white space around. Short rows lack their last columns. */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [first = '', ...rest] = splitRows(text.replace(/^\uFEFF/, ''));
  const separator = first.includes('\t') ? '\t' : ',';
  const names = splitCells(first, separator).map((name) => name.trim().toLowerCase());
  return rest
    .filter((row) => row.trim() !== '')
    .map((row) => {
      const cells = splitCells(row, separator);
      return Object.fromEntries(names.map((name, at) => [name, (cells[at] ?? '').trim()]));
    });
}

/** Lines, except where a line end stands in quotes. */
const splitRows = (text: string): readonly string[] => text.match(/(?:"(?:[^"]|"")*"|[^"\r\n])+/g) ?? [];

const splitCells = (row: string, separator: string): string[] => {
  const cells: string[] = [];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}]*))(?:${separator}|$)`, 'gy');
  while (cell.lastIndex < row.length) {
    const match = cell.exec(row);
    if (!match) break;
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  }
  return cells;
};
