// Programs that ask without being registered anywhere: all that is known of one is what it says of itself, which anybody can say. Its id is a
// hash of those words, so that no word of a stranger stands in a journal. At every other endpoint there is no such client.

import { sha256 } from '../digest.ts';
import type { RequestingClient } from '../grants/requests-contract.ts';

const PREFIX = 'program:';

/** What a program says of itself. */
export interface ProgramWords {
  readonly name: string;
  readonly url: string | null;
}

/** Whether an id is one of a program that is known by its own words alone. */
export const isProgram = (clientId: string): boolean => clientId.startsWith(PREFIX);

/** The id of every program that says this of itself. */
export const programId = ({ name, url }: ProgramWords): string =>
  PREFIX + sha256(JSON.stringify([name, url])).slice(0, 22);

/** The program as the page shows it; null unless the words of its request make its id. */
export const readProgram = (
  id: string,
  { client_name: name, client_uri: url = null }: Readonly<Record<string, unknown>>,
): RequestingClient | null => {
  if (typeof name !== 'string' || (url !== null && typeof url !== 'string')) return null;
  if (programId({ name, url }) !== id) return null;
  const said = { id, name, uri: originOf(url), identifiedBy: 'own_words' } as const;
  return { ...said, registeredByOwnerId: null, registeredAtMs: null };
};

/** Of an address only what names a host: the rest could be made to read like something else. */
const originOf = (url: string | null): string | null => {
  const parsed = URL.parse(url ?? '');
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.origin : null;
};
