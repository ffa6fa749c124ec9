// Says who asks, in words that an app can't choose: its name is cleaned and set beside what is known about it.

import type { RequestingClient } from '../grants/requests-contract.ts';

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

/** Where the browser goes after the decision, as far as it is known. */
export type Destination =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'this_computer' }
  | { readonly kind: 'app_scheme'; readonly scheme: string };

/** Reads a redirect URI that was already matched to a registered one. */
export function destinationOf(redirectUri: string): Destination {
  const url = new URL(redirectUri);
  if (url.protocol === 'https:') return { kind: 'host', host: url.host };
  return url.protocol === 'http:'
    ? { kind: 'this_computer' }
    : { kind: 'app_scheme', scheme: url.protocol.slice(0, -1) };
}

/** The source for `form-action` that lets the form's redirect reach the app and nothing else. */
export function formActionOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // A policy can't name an IPv6 address.
  return isWeb && !url.hostname.startsWith('[') ? url.origin : url.protocol;
}
