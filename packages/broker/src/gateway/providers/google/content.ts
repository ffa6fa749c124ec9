// Contents and their parts, and the most tokens each can be billed as.
// Source: Gemini API reference, Content and Part, as typed by @google/genai 3.1; guide "Media resolution" (2,240 tokens a picture at most).

import { isJsonObject } from '../../json/parse-json.ts';
import { anything, flag, harmless, listOf, type Rule, stored, text } from '../reading/rules.ts';
import { addMedia } from '../reading/walk.ts';
import { message } from './rules.ts';

/** The largest context window of any model: what a recording, a film or a document can be at most. */
const CONTEXT_TOKENS = 1_048_576;
const IMAGE_TOKENS = 5_000;

const blob = message({ mimeType: text, data: text, displayName: anything }, 'mimeType', 'data');

/** Media sent inline. Text sent so is bounded by its bytes like any other. */
const inlineData: Rule = (value, walk) => {
  const found = blob(value, walk);
  if (found || !isJsonObject(value)) return found;
  const [kind] = (value.mimeType as string).toLowerCase().split('/');
  if (kind === 'text') return null;
  const tokens = kind === 'image' ? IMAGE_TOKENS : CONTEXT_TOKENS;
  addMedia(
    walk,
    (value.data as string).length,
    tokens,
    kind === 'audio' || kind === 'video' ? 'audio' : 'text',
  );
  return null;
};

const part: Rule = message({
  text,
  thought: flag,
  thoughtSignature: anything,
  inlineData,
  fileData: stored,
  functionCall: anything,
  functionResponse: message({
    name: text,
    ...harmless('id response willContinue scheduling'),
    parts: listOf((value, walk) => part(value, walk)),
  }),
  ...harmless(`
    executableCode codeExecutionResult toolCall toolResponse videoMetadata mediaResolution partMetadata`),
});

/** One content: a turn of the conversation, or the system's instruction. */
export const content: Rule = message({ role: text, parts: listOf(part) }, 'parts');
