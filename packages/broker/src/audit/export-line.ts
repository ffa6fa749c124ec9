// One line of an exported journal. An entry has exactly one form as text, so that whoever verifies a file finds a change of any byte, and
// not only of what is hashed. MUST NOT change for lines that were handed out.

import { fail, type Result, succeed } from '@valetkey/core';

/** An entry as it stands in an export: its columns as they are hashed, the hash of the entry before, and its own. */
export interface ExportedEntry {
  readonly seq: number;
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  readonly owner_id: string;
  readonly kind: string;
  readonly call_id: string | null;
  readonly grant_id: string | null;
  readonly link_id: string | null;
  readonly held_nanos: number;
  readonly settled_nanos: number;
  readonly held_tokens: number;
  readonly settled_tokens: number;
  readonly held_requests: number;
  readonly settled_requests: number;
  /** JSON as text, because that text is what is hashed. */
  readonly body: string;
  readonly previous_hash: string;
  readonly hash: string;
}

/** The members of a line, in their order. */
export const EXPORT_MEMBERS = [
  'seq',
  'at',
  'owner_id',
  'kind',
  'call_id',
  'grant_id',
  'link_id',
  'held_nanos',
  'settled_nanos',
  'held_tokens',
  'settled_tokens',
  'held_requests',
  'settled_requests',
  'body',
  'previous_hash',
  'hash',
] as const satisfies readonly (keyof ExportedEntry)[];

const MEMBERS = EXPORT_MEMBERS.join();

/** The entry's line, without the line end. Members that a line does not have are left out. */
export const formatEntry = (entry: ExportedEntry): string =>
  JSON.stringify(Object.fromEntries(EXPORT_MEMBERS.map((member) => [member, entry[member]])));

/** Whether this is a moment that can be written as a date. */
export const isTime = (at: unknown): at is number =>
  Number.isInteger(at) && !Number.isNaN(new Date(at as number).getTime());

/** The entry of a line, if it is written exactly as `formatEntry` writes it. Whether it belongs where it stands is not looked at. */
export const parseEntry = (line: string): Result<ExportedEntry, 'malformed'> => {
  try {
    const entry = JSON.parse(line) as ExportedEntry | null;
    if (entry === null || typeof entry !== 'object' || Object.keys(entry).join() !== MEMBERS)
      return fail('malformed');
    const isPlaced = Number.isSafeInteger(entry.seq) && isTime(entry.at);
    return isPlaced && JSON.stringify(entry) === line ? succeed(entry) : fail('malformed');
  } catch {
    // No JSON, or nested so deeply that it can not be read.
    return fail('malformed');
  }
};
