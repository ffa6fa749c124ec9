// Sets values in files of one setting a line, such as `.env` and the top level of a YAML file, and touches no other line. A file with a line
// that is not understood MUST be refused: it could be the middle of something.

import { fail, type Result, succeed } from '@valetkey/core';
import { t } from '../messages/messages.ts';
import { type Edited, type Format, replaceAt, type Setting } from './text-edit.ts';

interface Kind {
  /** What is wrong where a line is neither. */
  readonly unlike: (line: number) => string;
  /** A line that may be passed over. */
  readonly other: RegExp;
  /** A line that sets what its first group names, to its end. */
  readonly sets: RegExp;
  /** Whether a value goes on in the line below, which this is. */
  readonly goesOn: RegExp | null;
  readonly write: (key: string, value: string) => string;
}

const ENV: Kind = {
  unlike: (line) => t.toolFiles.notEnv(line),
  other: /^\s*(?:#.*)?$/,
  // A quote that is not closed on its line opens a value of several.
  sets: /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(?:"(?:[^"\\]|\\.)*"\s*(?:#.*)?|'[^']*'\s*(?:#.*)?|[^"'\s].*)?$/,
  goesOn: null,
  write: (key, value) => `${key}=${value}`,
};

const YAML: Kind = {
  unlike: (line) => t.toolFiles.notYaml(line),
  // What is indented, or in a list, belongs to the key above it.
  other: /^(?:\s*(?:#.*)?|\s+\S.*|-(?: .*)?)$/,
  sets: /^([A-Za-z_][\w-]*):(?:\s.*)?$/,
  goesOn: /^(?:\s+[^\s#].*|-(?: .*)?)$/,
  write: (key, value) => `${key}: ${JSON.stringify(value)}`,
};

function setLine(kind: Kind, edited: Edited, [[key], value]: Setting): Result<Edited, string> {
  const { text } = edited;
  const lines = text.split(/(?<=\n)/).map((line) => line.replace(/\r?\n$/, ''));
  const strange = lines.findIndex((line) => !kind.other.test(line) && !kind.sets.test(line));
  if (strange >= 0) return fail(kind.unlike(strange + 1));
  const named = lines.flatMap((line, index) => (kind.sets.exec(line)?.[1] === key ? [index] : []));
  if (named.length > 1) return fail(t.toolFiles.setsTwice(key!));
  const written = kind.write(key!, String(value));
  const [index] = named;
  if (index === undefined) {
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    return succeed(replaceAt(edited, text.length, { removed: '', inserted: `${gap}${written}\n` }));
  }
  if (kind.goesOn?.test(lines[index + 1] ?? '')) return fail(t.toolFiles.tooLong(key!));
  const removed = lines[index]!;
  const at = text
    .split(/(?<=\n)/)
    .slice(0, index)
    .join('').length;
  return succeed(removed === written ? edited : replaceAt(edited, at, { removed, inserted: written }));
}

const linesOf =
  (kind: Kind): Format =>
  (text, settings) =>
    settings.reduce<Result<Edited, string>>(
      (edited, setting) => (edited.ok ? setLine(kind, edited.value, setting) : edited),
      succeed({ text, edits: [] }),
    );

/** `NAME=value` lines, as dotenv reads them. */
export const envLines: Format = linesOf(ENV);

/** Which of these names the text of such a file sets. */
export const namesIn = (text: string, names: readonly string[]): string[] => {
  const set = new Set(text.split(/\r?\n/).map((line) => ENV.sets.exec(line)?.[1]));
  return names.filter((name) => set.has(name));
};

/** Keys of one word at the top level of a YAML mapping. */
export const yamlLines: Format = linesOf(YAML);

/** A file of our own: all of its text, where there is none yet. */
export const whole: Format = (text, [setting]) =>
  text === ''
    ? succeed(replaceAt({ text, edits: [] }, 0, { removed: '', inserted: String(setting![1]) }))
    : fail(t.toolFiles.notOurs);
