// Content blocks of messages, and the most tokens each can be billed as.
// Source: Anthropic API reference, messages, as typed by @anthropic-ai/sdk 1.12; guides "Vision" and "PDF support".

import { isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { type Flaw, under } from '../reading/flaw.ts';
import { mediaUrlBytes } from '../reading/media.ts';
import {
  anything,
  harmless,
  kinds,
  listOf,
  object,
  oneOf,
  orNull,
  type Rule,
  refused,
  stored,
  text,
  textOr,
} from '../reading/rules.ts';
import { addMedia, type Walk } from '../reading/walk.ts';

/** The largest context window of any model: what a document or a page can hold at most. */
export const CONTEXT_TOKENS = 1_000_000;
/** Larger pictures are made smaller, to at most 4,784 tokens. */
const IMAGE_TOKENS = 5_000;

/** `cache_control`: what it writes lives 5 minutes, or an hour. */
export const cacheControl: Rule = orNull((value, walk) => {
  walk.inputKinds.add(isJsonObject(value) && value.ttl === '1h' ? 'cache_write_1h' : 'cache_write_5m');
  return cacheFields(value, walk);
});

const cacheFields = object({ type: oneOf('ephemeral'), ttl: oneOf('5m', '1h') }, 'type');

/** Media in a source: its bytes are not text; `tokens` is the most it can be. */
const inline = (mediaType: Rule, tokens: number): Rule => {
  const fields = object({ type: text, media_type: mediaType, data: text }, 'media_type', 'data');
  return (value, walk) => fields(value, walk) ?? count(value as JsonObject, walk, tokens);
};

const count = ({ data }: JsonObject, walk: Walk, tokens: number): Flaw | null => {
  addMedia(walk, (data as string).length, tokens);
  return null;
};

/** A URL that the provider fetches. */
const remote = (tokens: number): Rule => {
  const fields = object({ type: text, url: text }, 'url');
  return (value, walk) => {
    const found = fields(value, walk);
    if (found || !isJsonObject(value)) return found;
    const bytes = mediaUrlBytes(value.url as string, /^$/);
    if (typeof bytes !== 'number') return under('.url', bytes);
    addMedia(walk, 0, tokens);
    return null;
  };
};

const imageSource = kinds('type', {
  base64: inline(oneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp'), IMAGE_TOKENS),
  url: remote(IMAGE_TOKENS),
  file: stored,
});

const documentSource = kinds('type', {
  base64: inline(oneOf('application/pdf'), CONTEXT_TOKENS),
  url: remote(CONTEXT_TOKENS),
  text: object({ type: text, media_type: oneOf('text/plain'), data: text }, 'data'),
  content: object(
    { type: text, content: textOr(listOf((value, walk) => contentBlock(value, walk))) },
    'content',
  ),
  file: stored,
});

const blocks = textOr(listOf((value, walk) => contentBlock(value, walk)));

/** A page that was fetched before: it may hold a PDF. */
const fetched: Rule = (value, walk) => {
  addMedia(walk, 0, CONTEXT_TOKENS);
  return past(value, walk);
};

/** What a tool of the provider did before: text to the model. */
const past = object({
  ...harmless('type id name input tool_use_id content caller'),
  cache_control: cacheControl,
});

const elsewhere = refused('belongs to a tool on another server, which a grant cannot reach');

/** One block of content, in messages, tool results and documents. */
export const contentBlock: Rule = kinds('type', {
  text: object({ type: text, text, citations: anything, cache_control: cacheControl }, 'text'),
  image: object(
    { type: text, source: imageSource, transformations: anything, cache_control: cacheControl },
    'source',
  ),
  document: object(
    {
      type: text,
      source: documentSource,
      ...harmless('title context citations'),
      cache_control: cacheControl,
    },
    'source',
  ),
  search_result: object(
    {
      type: text,
      source: text,
      title: text,
      content: blocks,
      citations: anything,
      cache_control: cacheControl,
    },
    'content',
  ),
  thinking: object({ type: text, thinking: text, signature: text }),
  redacted_thinking: object({ type: text, data: text }),
  tool_use: object({ ...harmless('type id name input caller toolset_name'), cache_control: cacheControl }),
  tool_result: object({
    ...harmless('type tool_use_id is_error toolset_name'),
    content: blocks,
    cache_control: cacheControl,
  }),
  tool_reference: object({ type: text, tool_name: text, cache_control: cacheControl }),
  browser_state: object({ type: text, tabs: anything, state_changes: anything, cache_control: cacheControl }),
  server_tool_use: past,
  web_search_tool_result: past,
  web_fetch_tool_result: fetched,
  code_execution_tool_result: past,
  bash_code_execution_tool_result: past,
  text_editor_code_execution_tool_result: past,
  tool_search_tool_result: past,
  container_upload: stored,
  mcp_tool_use: elsewhere,
  mcp_tool_result: elsewhere,
});

/** One message. */
export const message: Rule = object(
  { role: oneOf('user', 'assistant', 'system'), content: blocks },
  'role',
  'content',
);
