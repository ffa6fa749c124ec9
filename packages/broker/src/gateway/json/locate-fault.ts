// Finds where a refused JSON text is at fault, for the message. Slow and simple; it MUST agree with the fast checks in parse-json.ts about
// what is refused, which a property test compares.

/** What is wrong at one place of a text. */
export interface JsonFault {
  readonly kind: 'syntax' | 'duplicate_key' | 'proto_key' | 'number';
  /** Index into the text, in UTF-16 code units. */
  readonly index: number;
}

const SPACE = /[\t\n\r ]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Where reading stands; `kind` says what is wrong there once a reader has returned false. */
interface Cursor {
  readonly text: string;
  index: number;
  kind: JsonFault['kind'];
}

/** The first fault of a text that nests no deeper than the call stack allows; null if it has none. */
export function locateFault(text: string): JsonFault | null {
  const cursor: Cursor = { text, index: 0, kind: 'syntax' };
  if (readValue(cursor) && cursor.index === text.length) return null;
  return { kind: cursor.kind, index: cursor.index };
}

/** Reads one value and the space around it. */
function readValue(cursor: Cursor): boolean {
  read(cursor, SPACE);
  const isRead = readBareValue(cursor);
  if (isRead) read(cursor, SPACE);
  return isRead;
}

function readBareValue(cursor: Cursor): boolean {
  const first = cursor.text[cursor.index];
  if (first === '"') return read(cursor, STRING) !== null;
  if (first === '[') return readList(cursor, ']', () => readValue(cursor));
  if (first === '{') {
    const keys = new Set<string>();
    return readList(cursor, '}', () => readKey(cursor, keys) && readMark(cursor, ':') && readValue(cursor));
  }
  const start = cursor.index;
  const scalar = read(cursor, SCALAR);
  if (scalar === null) return false;
  return Math.abs(Number(scalar)) > Number.MAX_SAFE_INTEGER ? failAt(cursor, start, 'number') : true;
}

/** Reads a container whose opening mark stands at the cursor. */
function readList(cursor: Cursor, close: string, readItem: () => boolean): boolean {
  cursor.index++;
  read(cursor, SPACE);
  if (readMark(cursor, close)) return true;
  while (readItem()) {
    if (readMark(cursor, close)) return true;
    if (!readMark(cursor, ',')) return false;
  }
  return false;
}

function readKey(cursor: Cursor, seen: Set<string>): boolean {
  read(cursor, SPACE);
  const start = cursor.index;
  const literal = read(cursor, STRING);
  if (literal === null) return false;
  const key: string = JSON.parse(literal);
  if (seen.has(key)) return failAt(cursor, start, 'duplicate_key');
  if (key === '__proto__') return failAt(cursor, start, 'proto_key');
  seen.add(key);
  read(cursor, SPACE);
  return true;
}

function readMark(cursor: Cursor, mark: string): boolean {
  if (cursor.text[cursor.index] !== mark) return false;
  cursor.index++;
  return true;
}

/** Reads what the pattern matches at the cursor; null, and nothing read, if it does not match there. */
function read(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.index;
  const match = pattern.exec(cursor.text);
  if (match === null) return null;
  cursor.index = pattern.lastIndex;
  return match[0];
}

function failAt(cursor: Cursor, index: number, kind: JsonFault['kind']): false {
  cursor.index = index;
  cursor.kind = kind;
  return false;
}
