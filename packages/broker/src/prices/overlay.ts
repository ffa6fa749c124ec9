// What the price data set lacks, each figure with its source. A figure whose source cannot be named here MUST be left out: a model or
// unit without a price is refused while a budget applies, which is safe.

import { isTokenMeter, METERS, type Meter, parseRate, type Rates } from '@valetkey/core';

/** Raised with every change of this file; part of the version that ledger entries record. */
export const OVERLAY_VERSION = 1;

/** Facts about one model, under its name without a dated snapshot, or under one snapshot's full name where that differs. */
export interface OverlayEntry {
  /** Rates that the data set lacks, or all rates of a model that it does not know; then only under the very name given here. */
  readonly rates?: Rates;
  readonly maxOutputTokens?: number;
  readonly serviceTiers?: Readonly<Record<string, number>>;
  /** Audio in the prompt costs what text costs. */
  readonly isAudioAsText?: true;
  /** For pickers; only for models that the data set does not know. */
  readonly name?: string;
}

const usd = (prices: Readonly<Partial<Record<Meter, number>>>): Rates =>
  Object.fromEntries(
    Object.entries(prices).map(([meter, price]) => {
      const rate = parseRate(price);
      if (rate === null) throw new Error(`overlay price of ${meter} is not a price`);
      return [meter, rate];
    }),
  );

/** Every unit at no cost. */
export const FREE: Rates = Object.fromEntries(METERS.map((meter) => [meter, 0]));

/** Tokens of every kind at no cost; tools, images and seconds stay unpriced. */
export const FREE_TOKENS: Rates = Object.fromEntries(METERS.filter(isTokenMeter).map((meter) => [meter, 0]));

/** Providers that run on the operator's own machines: whatever model they serve costs nothing through the broker. */
export const FREE_PROVIDERS: ReadonlySet<string> = new Set(['ollama', 'vllm']);

/** Multiplier for Flex: half of standard, https://developers.openai.com/api/docs/guides/flex-processing ("Batch API rates"). */
const FLEX = 500;

const tiers = (priority: number) => ({ priority });
const flexTiers = (priority: number) => ({ priority, flex: FLEX });

// Priority: https://openai.com/api-priority-processing/ divided by the standard price; 5/3 and 20/11 are rounded up to the next thousandth.
// Maximum output: each model's page under https://developers.openai.com/api/docs/models/.
const OPENAI: Readonly<Record<string, OverlayEntry>> = {
  'gpt-3.5-turbo': { maxOutputTokens: 4_096 },
  'gpt-4': { maxOutputTokens: 8_192 },
  'gpt-4-turbo': { maxOutputTokens: 4_096 },
  'gpt-4o': { maxOutputTokens: 16_384, serviceTiers: tiers(1_700) },
  'gpt-4o-2024-05-13': { maxOutputTokens: 4_096, serviceTiers: tiers(1_750) },
  'gpt-4o-mini': { maxOutputTokens: 16_384, serviceTiers: tiers(1_667) },
  'gpt-4.1': { maxOutputTokens: 32_768, serviceTiers: tiers(1_750) },
  'gpt-4.1-mini': { maxOutputTokens: 32_768, serviceTiers: tiers(1_750) },
  'gpt-4.1-nano': { maxOutputTokens: 32_768, serviceTiers: tiers(2_000) },
  o1: { maxOutputTokens: 100_000 },
  o3: { maxOutputTokens: 100_000, serviceTiers: flexTiers(1_750) },
  'o3-mini': { maxOutputTokens: 100_000 },
  'o4-mini': { maxOutputTokens: 100_000, serviceTiers: flexTiers(1_819) },
  'gpt-5': { maxOutputTokens: 128_000, serviceTiers: flexTiers(2_000) },
  'gpt-5-codex': { maxOutputTokens: 128_000, serviceTiers: tiers(2_000) },
  'gpt-5-mini': { maxOutputTokens: 128_000, serviceTiers: flexTiers(1_800) },
  'gpt-5-nano': { maxOutputTokens: 128_000, serviceTiers: { flex: FLEX } },
  'gpt-5.1': { maxOutputTokens: 128_000, serviceTiers: flexTiers(2_000) },
  'gpt-5.1-codex': { maxOutputTokens: 128_000, serviceTiers: tiers(2_000) },
  'gpt-5.2': { maxOutputTokens: 128_000, serviceTiers: flexTiers(2_000) },
  'gpt-5.4': { maxOutputTokens: 128_000, serviceTiers: tiers(2_000) },
  'gpt-5.4-mini': { serviceTiers: tiers(2_000) },
  'gpt-5.5': { serviceTiers: tiers(2_500) },
  'gpt-5.6-sol': { maxOutputTokens: 128_000 },
  'gpt-6-sol': { maxOutputTokens: 128_000 },
  // Per 1M characters: https://developers.openai.com/api/docs/models/tts-1 and tts-1-hd.
  'tts-1': { name: 'TTS-1', rates: usd({ characters: 15 }) },
  'tts-1-hd': { name: 'TTS-1 HD', rates: usd({ characters: 30 }) },
  // Its output is audio only, at the price the data set gives for output: https://developers.openai.com/api/docs/models/gpt-4o-mini-tts.
  'gpt-4o-mini-tts': { rates: usd({ output_audio_tokens: 12 }) },
  // Their output is images, at the price the data set gives for output: the models' pages, as above.
  'gpt-image-1': { rates: usd({ output_image_tokens: 40 }) },
  'gpt-image-1-mini': { rates: usd({ output_image_tokens: 8 }) },
  'gpt-image-2': { rates: usd({ output_image_tokens: 30 }) },
  // Free of charge: https://developers.openai.com/api/docs/guides/moderation.
  'omni-moderation-latest': { name: 'Omni Moderation', rates: FREE_TOKENS },
  'omni-moderation-2024-09-26': { rates: FREE_TOKENS },
  'text-moderation-latest': { rates: FREE_TOKENS },
};

// Maximum output: https://platform.claude.com/docs/en/about-claude/models/overview and the models' own pages.
const ANTHROPIC: Readonly<Record<string, OverlayEntry>> = {
  'claude-3-haiku': { maxOutputTokens: 4_096 },
  'claude-3-5-haiku': { maxOutputTokens: 8_192 },
  'claude-opus-4': { maxOutputTokens: 32_000 },
  'claude-opus-4-0': { maxOutputTokens: 32_000 },
  'claude-opus-4-1': { maxOutputTokens: 32_000 },
  'claude-sonnet-4': { maxOutputTokens: 64_000 },
  'claude-sonnet-4-0': { maxOutputTokens: 64_000 },
  'claude-sonnet-4-5': { maxOutputTokens: 64_000 },
  'claude-haiku-4-5': { maxOutputTokens: 64_000 },
  'claude-opus-4-5': { maxOutputTokens: 64_000 },
  'claude-opus-4-6': { maxOutputTokens: 128_000 },
  'claude-opus-5': { maxOutputTokens: 128_000 },
  'claude-opus-5-5': { maxOutputTokens: 128_000 },
  'claude-sonnet-5': { maxOutputTokens: 128_000 },
  'claude-fable-5': { maxOutputTokens: 128_000 },
  'claude-fable-5-1': { maxOutputTokens: 128_000 },
};

// Maximum output: https://ai.google.dev/gemini-api/docs/models. Audio as text: https://ai.google.dev/gemini-api/docs/pricing quotes one
// input price for all of text, image, video and audio.
const GOOGLE: Readonly<Record<string, OverlayEntry>> = {
  'gemini-2.0-flash': { maxOutputTokens: 8_192 },
  'gemini-2.5-flash': { maxOutputTokens: 65_536 },
  'gemini-2.5-flash-lite': { maxOutputTokens: 65_536 },
  'gemini-2.5-pro': { maxOutputTokens: 65_536, isAudioAsText: true },
  'gemini-3-pro-preview': { maxOutputTokens: 65_536, isAudioAsText: true },
  'gemini-3-flash-preview': { maxOutputTokens: 65_536 },
  'gemini-3.1-pro-preview': { isAudioAsText: true },
  'gemini-3.5-flash-lite': { isAudioAsText: true },
  // Their output is audio, at the price the data set gives for output: https://cloud.google.com/text-to-speech/pricing#gemini-tts.
  'gemini-2.5-flash-tts': { rates: usd({ output_audio_tokens: 10 }) },
  'gemini-2.5-flash-preview-tts': { rates: usd({ output_audio_tokens: 10 }) },
  'gemini-2.5-flash-lite-preview-tts': { rates: usd({ output_audio_tokens: 10 }) },
  'gemini-2.5-pro-tts': { rates: usd({ output_audio_tokens: 20 }) },
  'gemini-2.5-pro-preview-tts': { rates: usd({ output_audio_tokens: 20 }) },
};

// Valetkey's own simulated models: the prices are made up, so that budgets can be tried.
const SANDBOX: Readonly<Record<string, OverlayEntry>> = {
  'sandbox-mini': {
    name: 'Sandbox Mini',
    maxOutputTokens: 16_384,
    rates: usd({ input_tokens: 0.15, output_tokens: 0.6 }),
  },
  'sandbox-large': {
    name: 'Sandbox Large',
    maxOutputTokens: 16_384,
    rates: usd({ input_tokens: 2.5, output_tokens: 10 }),
  },
  'sandbox-embed': { name: 'Sandbox Embed', rates: usd({ input_tokens: 0.02 }) },
};

/** Overlay entries by provider and model. */
export const OVERLAY: ReadonlyMap<string, ReadonlyMap<string, OverlayEntry>> = new Map(
  Object.entries({ openai: OPENAI, anthropic: ANTHROPIC, google: GOOGLE, sandbox: SANDBOX }).map(
    ([provider, entries]) => [provider, new Map(Object.entries(entries))],
  ),
);

/** Prices that the data set took from a reseller or could not confirm, in its own words: they are not the provider's. */
export const SECOND_HAND =
  /imported from OpenRouter pricing|seen on OpenRouter|trusting (?:open router|these|the original)/i;

/** Models that no picker offers: their provider has shut them down (its deprecations page), or no operation here reaches them. */
export const NOT_OFFERED =
  /^(?:ada|babbage|curie|davinci|text-davinci-.*|gpt-3\.5-(?:0301|turbo-0613|turbo-16k)|gpt-4-32k|gpt-4-vision-preview|gpt-4\.5-preview|o1-preview|o1-mini|claude-v1|claude-2|claude-3-(?:opus|sonnet).*|gemini-(?:pro|flash|1\.).*)$|realtime|-live-|^gemini-live|^computer-use|-$/;
