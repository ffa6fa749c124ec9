// Splits a stream of bytes into lines without ever holding more than one chunk and one line. For files from strangers: a line MUST be
// valid UTF-8 and of a bounded length, or it is handed over as unreadable.

const LINE_END = 10;

/** Far longer than any entry; longer lines are not kept in memory. */
const LONGEST = 4 * 1024 * 1024;

/** A line without its end; null if it is no text, too long, or the last one and without a line end. */
export type Line = string | null;

/** The lines of each chunk. `ignoreBOM` keeps a byte order mark in the text: not a byte is dropped unseen. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const toLine = (bytes: Buffer): Line => {
    if (bytes.length > LONGEST) return null;
    try {
      return decoder.decode(bytes);
    } catch {
      return null;
    }
  };
  let open: Buffer[] = [];
  let openBytes = 0;
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, start)) {
      const rest = chunk.subarray(start, end);
      lines.push(
        openBytes === 0 ? toLine(rest) : openBytes > LONGEST ? null : toLine(Buffer.concat([...open, rest])),
      );
      [open, openBytes, start] = [[], 0, end + 1];
    }
    if (start < chunk.length) {
      openBytes += chunk.length - start;
      if (openBytes <= LONGEST) open.push(chunk.subarray(start));
      else open = [];
    }
    if (lines.length > 0) yield lines;
  }
  if (openBytes > 0) yield [null];
}
