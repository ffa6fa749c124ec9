// Programs to paste, made from the person's real address, token and model. Values are written as JSON strings or in
// single shell quotes, so that no name can break out of the program.

import type { CreatedGrant } from '../api/types.ts';

/** A program to paste: `id` names its tab, `label` is the name of the SDK or tool (not translated). */
export interface Snippet {
  readonly id: string;
  readonly label: string;
  readonly code: string;
}

/** What a snippet needs to know. `model` is a model that the grant includes. */
export interface SnippetValues extends Pick<CreatedGrant, 'base_url' | 'base_urls' | 'token'> {
  readonly model: string;
}

type SdkValues = Pick<SnippetValues, 'token' | 'model'>;

/** Text as a string of JavaScript, which JSON, TOML, YAML and Python read the same. */
export const js = (text: string): string => JSON.stringify(text);
/** Text in the single quotes of a shell. */
export const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Every snippet that works with this grant: those of the OpenAI dialect first, then the provider's own. */
export function snippetsFor(values: SnippetValues): readonly Snippet[] {
  const { anthropic, google } = values.base_urls;
  return [
    ...openaiSnippets(values, values.base_urls.openai ?? values.base_url),
    ...(anthropic
      ? [{ id: 'anthropic', label: 'Anthropic SDK', code: anthropicCode(values, anthropic) }]
      : []),
    ...(google ? [{ id: 'google', label: 'Google SDK', code: googleCode(values, google) }] : []),
  ];
}

/** The curl line of a dialect's smallest call. */
export function curlCode({ base_url, token, model }: Omit<SnippetValues, 'base_urls'>): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello' }] });
  return [
    `curl ${shell(`${base_url}/chat/completions`)} \\`,
    `  -H ${shell(`Authorization: Bearer ${token}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shell(body)}`,
  ].join('\n');
}

function openaiSnippets(values: SnippetValues, baseUrl: string): Snippet[] {
  const { token, model } = values;
  return [
    { id: 'curl', label: 'curl', code: curlCode({ base_url: baseUrl, token, model }) },
    {
      id: 'openai',
      label: 'OpenAI SDK',
      code: openaiCode(values, baseUrl),
    },
    {
      id: 'openai-python',
      label: 'OpenAI Python',
      code: `from openai import OpenAI

client = OpenAI(
    base_url=${js(baseUrl)},
    api_key=${js(token)},
)

answer = client.chat.completions.create(
    model=${js(model)},
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.choices[0].message.content)`,
    },
  ];
}

/** The smallest program for the OpenAI SDK. */
export const openaiCode = (
  { token, model }: SdkValues,
  baseUrl: string,
): string => `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: ${js(baseUrl)},
  apiKey: ${js(token)},
});

const answer = await client.chat.completions.create({
  model: ${js(model)},
  messages: [{ role: 'user', content: 'Say hello' }],
});
console.log(answer.choices[0].message.content);`;

/** The smallest program for the Anthropic SDK. */
export const anthropicCode = (
  { token, model }: SdkValues,
  baseUrl: string,
): string => `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  baseURL: ${js(baseUrl)},
  apiKey: ${js(token)},
});

const answer = await client.messages.create({
  model: ${js(model)},
  max_tokens: 200,
  messages: [{ role: 'user', content: 'Say hello' }],
});
console.log(answer.content[0].text);`;

/** The smallest program for the Google SDK. */
export const googleCode = (
  { token, model }: SdkValues,
  baseUrl: string,
): string => `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({
  apiKey: ${js(token)},
  httpOptions: { baseUrl: ${js(baseUrl)} },
});

const answer = await client.models.generateContent({
  model: ${js(model)},
  contents: 'Say hello',
});
console.log(answer.text);`;
