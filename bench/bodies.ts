// What the callers send: chats of 1 KB and of 100 KB (about 25,000 tokens), and streams that the mock provider is steered to.

const PROMPT =
  'Here are my notes from the planning meeting: the release moves to the second week, the importer still fails on files with mixed line endings, two customers asked for delegated access without sharing their keys, and the budget for model calls must be enforced per application. Please summarise what we decided, list what is still open, and suggest who should take each point. ';

const chat = (characters: number, more: object = {}): string =>
  JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [
      {
        role: 'system',
        content: 'You are a careful assistant. Answer in plain sentences and keep to what the notes say.',
      },
      { role: 'user', content: PROMPT.repeat(Math.ceil(characters / PROMPT.length)).slice(0, characters) },
    ],
    temperature: 0.2,
    ...more,
  });
const streamed = (user: string) => chat(750, { stream: true, stream_options: { include_usage: true }, user });

/** Chunks of a long stream: 8 seconds at 20 tokens a second. */
export const STREAM_CHUNKS = 160;

/** Request bodies by what they are for. */
export const BODIES = {
  small: chat(750),
  large: chat(100_000),
  firstByte: streamed('n3-i5'),
  stream: streamed(`n${STREAM_CHUNKS}-i50`),
};
