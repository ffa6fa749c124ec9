// What stands in a table for a value that the server names. A page that was opened before an upgrade meets values that it does not know:
// it MUST NOT break on one, so a table of words is asked for the server's values through this alone.

/** The entry for `value`; undefined where the server knows more values than this page. */
export const known = <Value extends string, Entry>(
  table: Readonly<Record<Value, Entry>>,
  value: Value,
): Entry | undefined => (Object.hasOwn(table, value) ? table[value] : undefined);
