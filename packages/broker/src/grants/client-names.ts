// Says who an app is, in words that it can not choose: its name is cleaned and set beside what is known about it, its id above all.

import type { ModelAccess } from '@valetkey/core';
import { accessWords } from '../language.ts';
import type { RequestingClient } from './requests-contract.ts';

const MAX_NAME = 60;

/** The app's name without characters that reorder, hide or break text, at most 60 characters; its id's host if nothing is left. */
export function cleanClientName(client: Pick<RequestingClient, 'id' | 'name'>): string {
  const visible = client.name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cs}\p{Cn}\u115f\u1160\u3164\uffa0]/gu, '')
    // More than two marks on a letter cover the lines around it.
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...visible];
  if (letters.length === 0) return URL.parse(client.id)?.host ?? client.id;
  return letters.length > MAX_NAME ? `${letters.slice(0, MAX_NAME - 1).join('')}…` : visible;
}

/** Letters of other scripts that look like Latin ones. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    α: 'a',
    е: 'e',
    ε: 'e',
    о: 'o',
    ο: 'o',
    р: 'p',
    ρ: 'p',
    с: 'c',
    ϲ: 'c',
    х: 'x',
    у: 'y',
    і: 'i',
    ι: 'i',
    ӏ: 'l',
    ѕ: 's',
    ԁ: 'd',
    ո: 'n',
    п: 'n',
    ν: 'v',
    т: 't',
    τ: 't',
    м: 'm',
    н: 'h',
    һ: 'h',
    к: 'k',
    κ: 'k',
    г: 'r',
    ɡ: 'g',
    '0': 'o',
    '1': 'l',
    '|': 'l',
  }),
);

const KNOWN_MAKERS = [
  'openai',
  'chatgpt',
  'anthropic',
  'claude',
  'google',
  'gemini',
  'mistral',
  'deepseek',
  'valetkey',
];

/**
 * Whether a name could make a person believe that somebody else asks: it holds the name of a known maker, as it stands or in letters
 * that look like it, or mixes scripts. Such a name is not refused, it is pointed at.
 */
export function isDoubtfulName(name: string): boolean {
  const plain = [...name.normalize('NFKC').toLowerCase()]
    .map((letter) => LOOKALIKES.get(letter) ?? letter)
    .join('');
  const letters = plain.replace(/[^\p{L}]/gu, '');
  if (KNOWN_MAKERS.some((maker) => letters.includes(maker))) return true;
  return (
    /\p{Script=Latin}/u.test(name) && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u.test(name)
  );
}

/** As much of a client as its name needs. */
export interface NamedClient {
  /** Who registered it; null if nobody did. */
  readonly ownerId: string | null;
  readonly metadata: { readonly client_name?: string | undefined };
}

/** Brackets and addresses in a name could pass for the id that stands behind it. */
const isLikeId = (name: string): boolean => /[()（）]|:\/\//.test(name.normalize('NFKC'));

/** An app by the id that is decided on, after its name where somebody stands for that: the owner who registered it, or the address that it is. */
const wordsOf = (id: string, client: NamedClient | null): string => {
  const { ownerId = null, metadata } = client ?? {};
  if (!metadata?.client_name || (ownerId === null && !id.startsWith('https://')))
    return accessWords.unknownApp(id);
  const name = cleanClientName({ id, name: metadata.client_name });
  return isDoubtfulName(metadata.client_name) || isLikeId(name)
    ? accessWords.doubtfulApp(id)
    : `${name} (${id})`;
};

/** The apps that these rights may be delegated to, in words for people; `find` looks one up, null if it is not known. */
export const namesOfRecipients = async (
  rights: readonly Pick<ModelAccess, 'delegationTo'>[],
  find: (id: string) => Promise<NamedClient | null>,
): Promise<(id: string) => string> => {
  const ids = [...new Set(rights.flatMap(({ delegationTo }) => delegationTo ?? []))];
  const words = new Map(await Promise.all(ids.map(async (id) => [id, wordsOf(id, await find(id))] as const)));
  return (id) => words.get(id) ?? id;
};
