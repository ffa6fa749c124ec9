// Images, audio and files in OpenAI's content parts, and the most tokens each can be billed as.

import { isJsonObject, type JsonValue } from '../../json/parse-json.ts';
import { flaw, under } from '../reading/flaw.ts';
import { mediaUrlBytes } from '../reading/media.ts';
import { object, oneOf, orNull, type Rule, stored, text } from '../reading/rules.ts';
import { addMedia, unbound, type Walk } from '../reading/walk.ts';
import type { OpenAiFlavour } from './flavour.ts';
import { HEADER_BYTES, isWav, wavSeconds } from './wav.ts';

const IMAGE_TYPES = /^image\/(?:png|jpe?g|webp|gif)$/i;
const DETAIL = orNull(oneOf('auto', 'low', 'high', 'original'));
/** The least that MPEG audio knows is 8 kbit/s. */
const LEAST_MP3_BYTES_PER_SECOND = 1_000;
/** Audio in prompts is billed at 10 tokens a second; a margin of half is added. */
const AUDIO_TOKENS_PER_SECOND = 15;

/** The image of a chat part: `{url, detail}`, or at some providers the URL alone. */
export const imageUrl = (flavour: OpenAiFlavour): Rule => {
  const fields = object({ url: text, detail: DETAIL }, 'url');
  return (value, walk) => {
    if (typeof value === 'string') return countImage(value, undefined, flavour, walk);
    const found = fields(value, walk);
    if (found || !isJsonObject(value)) return found;
    const image = countImage(value.url as string, value.detail, flavour, walk);
    return image && under('.url', image);
  };
};

/** An image named by URL: counts it at its documented maximum. */
export function countImage(url: string, detail: JsonValue | undefined, flavour: OpenAiFlavour, walk: Walk) {
  const bytes = mediaUrlBytes(url, IMAGE_TYPES);
  if (typeof bytes !== 'number') return bytes;
  addMedia(walk, bytes, flavour.imageTokens(walk.model, typeof detail === 'string' ? detail : undefined));
  return null;
}

const audioFields = object({ data: text, format: oneOf('wav', 'mp3') }, 'data', 'format');

/** The audio of a part: `{data, format}`. What begins as WAV counts as WAV, whatever the format says. */
export const inputAudio: Rule = (value, walk) => {
  const found = audioFields(value, walk);
  if (found || !isJsonObject(value)) return found;
  const data = value.data as string;
  const head = Buffer.from(data.slice(0, 2 * HEADER_BYTES), 'base64');
  const isSound = value.format === 'wav' || isWav(head);
  const seconds = isSound
    ? wavSeconds(head, data.length)
    : Math.ceil(data.length / LEAST_MP3_BYTES_PER_SECOND);
  if (seconds === null)
    unbound(walk, 'how long this recording lasts cannot be told from its size; send PCM WAV');
  addMedia(walk, data.length, (seconds ?? 0) * AUDIO_TOKENS_PER_SECOND, 'audio');
  return null;
};

/** A file sent inline. A PDF holds more than its size tells, so it counts as the whole context window. */
export const inlineFile = (flavour: OpenAiFlavour): Rule => {
  const fields = object({ file_data: text, filename: text, file_id: orNull(stored) }, 'file_data');
  return (value, walk) => fields(value, walk) ?? countFile(value, flavour, walk);
};

/** Counts the `file_data` of an object that was checked. */
export function countFile(value: JsonValue, flavour: OpenAiFlavour, walk: Walk) {
  if (!isJsonObject(value) || typeof value.file_data !== 'string') return flaw('must carry `file_data`');
  if (flavour.contextTokens === null) unbound(walk, 'a file can hold more text than its size tells');
  addMedia(walk, value.file_data.length, flavour.contextTokens ?? 0);
  return null;
}
