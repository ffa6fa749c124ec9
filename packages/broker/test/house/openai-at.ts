// The official OpenAI SDK as a program uses it, for tests of other packages: a token, a base URL, no retries.

import OpenAI from 'openai';
import { HELLO } from './send-chat.ts';

export { HELLO };

/** The SDK; with `fetcher` in place of the global fetch. */
export const openaiAt = (apiKey: string, baseURL: string | undefined, fetcher?: typeof fetch): OpenAI =>
  new OpenAI({ apiKey, baseURL: baseURL ?? '', maxRetries: 0, ...(fetcher && { fetch: fetcher }) });

/** The text of an answer to `HELLO`. */
export const chat = async (openai: OpenAI): Promise<string> =>
  (await openai.chat.completions.create(HELLO)).choices[0]?.message.content ?? '';
