// What a try of a provider key came to, in words, in the language of the request at hand.

import type { Translated } from '@valetkey/core';
import { words } from '../language.ts';

const en = {
  accepted: (provider: string) => `${provider} accepts this key.`,
  refused: (provider: string) => `${provider} refuses this key.`,
  unknown: (provider: string, status: number) =>
    `${provider} answered with status ${status}; whether it takes the key is not known.`,
  noWay: (provider: string) => `${provider} offers no way to try a key.`,
  unreachable: (provider: string) => `${provider} could not be reached.`,
  sealed: 'The key cannot be opened.',
};

const de: Translated<typeof en> = {
  accepted: (provider) => `${provider} nimmt diesen Schlüssel an.`,
  refused: (provider) => `${provider} lehnt diesen Schlüssel ab.`,
  unknown: (provider, status) =>
    `${provider} antwortete mit Status ${status}; ob der Schlüssel gilt, ist nicht bekannt.`,
  noWay: (provider) => `${provider} bietet keinen Weg, einen Schlüssel zu prüfen.`,
  unreachable: (provider) => `${provider} war nicht zu erreichen.`,
  sealed: 'Der Schlüssel lässt sich nicht öffnen.',
};

const ja: Translated<typeof en> = {
  accepted: (provider) => `${provider} はこのキーを受け付けました。`,
  refused: (provider) => `${provider} はこのキーを拒否しました。`,
  unknown: (provider, status) =>
    `${provider} はステータス ${status} を返しました。キーが有効かどうかは分かりません。`,
  noWay: (provider) => `${provider} にはキーを試す方法がありません。`,
  unreachable: (provider) => `${provider} に接続できませんでした。`,
  sealed: 'キーを開けません。',
};

/** The words. */
export const messages = words({ en, de, ja });
