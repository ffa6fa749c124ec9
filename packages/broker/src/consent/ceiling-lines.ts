// Tells an owner where a ceiling above a grant leaves less than is to be allowed: the owner's own, or that of the provider key that pays.
// Words only; the ledger decides, call by call, and what is left moves with every one.

import { ceilingLines, ceilingMessages, type Limit, type ModelAccess } from '@valetkey/core';
import { leftOf } from '../grants/key-ceilings.ts';
import { words } from '../language.ts';
import { type Html, html } from '../pages/html.ts';
import type { ConsentDeps } from './contract.ts';
import { messages as consentMessages } from './messages.ts';

const messages = words(ceilingMessages);

type Right = Pick<ModelAccess, 'limits'>;

/** What is left above every grant of an owner, in the windows open now. */
export interface Above {
  readonly own: readonly Limit[];
  readonly keys: readonly { readonly id: string; readonly name: string; readonly left: readonly Limit[] }[];
}

/** Where no ceiling is known. */
export const NOTHING_ABOVE: Above = { own: [], keys: [] };

/** Reads it as it is now. */
export const readAbove = async (
  { ceilings }: Pick<ConsentDeps, 'ceilings'>,
  ownerId: string,
): Promise<Above> => {
  const [own, keys] = await Promise.all([ceilings.own(ownerId), ceilings.list(ownerId)]);
  return {
    own: leftOf(own),
    keys: keys.map((key) => ({
      id: key.id,
      name: consentMessages.keyName(key.label, key.lastFour),
      left: leftOf(key),
    })),
  };
};

/** Where the owner's own ceiling leaves less than these rights allow together. */
export const ownLines = (rights: readonly Right[], { own }: Above): readonly string[] =>
  ceilingLines(messages.own, own, rights, messages);

/** Where keys that can pay for a right leave less than it allows. */
export const keyLines = (right: Right, keyIds: readonly string[], { keys }: Above): readonly string[] =>
  keys
    .filter(({ id }) => keyIds.includes(id))
    .flatMap(({ name, left }) => ceilingLines(messages.key(name), left, [right], messages));

/** The lines in a box; nothing where there are none. */
export const ceilingNotice = (lines: readonly string[]): Html | false =>
  lines.length > 0 &&
  html`<div class="notice" role="note">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
