// The order of models in pickers. Whoever takes the first one, as quick starts do, MUST get one that can chat.

import type { Rates } from '@valetkey/core';
import type { PriceBook } from '../gateway/contract.ts';

type Models = ReturnType<PriceBook['models']>;

/** Names of models that have a price for output tokens and yet answer no chat: they hear, speak, draw or judge. */
const NO_CHAT = /transcribe|-tts|^gpt-image|moderation|^gpt-3\.5-turbo-instruct/;

/** The models with a price for output that chat, then the others; each part by id. */
export function orderModels(models: Models, ratesOf: (id: string) => Rates | undefined): Models {
  const canChat = (id: string) => ratesOf(id)?.output_tokens !== undefined && !NO_CHAT.test(id);
  const chat = new Map(models.map(({ id }) => [id, canChat(id)]));
  return models.toSorted((a, b) => Number(chat.get(b.id)) - Number(chat.get(a.id)) || (a.id < b.id ? -1 : 1));
}
