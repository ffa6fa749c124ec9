// Every field of generateContent, embedContent and countTokens, what it may be, and why some are refused.
// Source: Gemini API reference, as typed and sent by @google/genai 3.1.

import { isJsonObject } from '../../json/parse-json.ts';
import {
  type FieldTable,
  harmless,
  listOf,
  noting,
  oneOf,
  only,
  type Rule,
  refused,
  stored,
  text,
  wholeNumber,
} from '../reading/rules.ts';
import { STEERING, steers } from '../reading/steering.ts';
import { addTool, unbound } from '../reading/walk.ts';
import { content } from './content.ts';
import { message, sameModel } from './rules.ts';

/** A kind of tool by the name a grant knows it by; `isStated` false: the provider runs it as often as it likes. */
const named = (name: string, isStated: boolean): Rule => noting((walk) => addTool(walk, name, isStated));

const elsewhere = refused('reaches another server, which a grant cannot');

/** One entry of `tools`: each member is a kind of tool. */
const tool = message({
  functionDeclarations: named('function', true),
  computerUse: named('computer', true),
  googleSearch: named('web_search', false),
  googleSearchRetrieval: named('web_search', false),
  enterpriseWebSearch: named('web_search', false),
  googleMaps: named('google_maps', false),
  codeExecution: named('code_execution', false),
  urlContext: named('url_context', false),
  fileSearch: stored,
  retrieval: elsewhere,
  mcpServers: elsewhere,
  exaAiSearch: elsewhere,
  parallelAiSearch: elsewhere,
});

const generationConfig = message({
  // Money, model, work: always checked.
  candidateCount: wholeNumber(1, 8),
  maxOutputTokens: wholeNumber(1),
  responseModalities: listOf(oneOf('TEXT', 'IMAGE', 'AUDIO')),
  ...steers('routingConfig modelSelectionConfig modelConfig'),
  // Known and harmless.
  ...harmless(`
    temperature topP topK stopSequences responseLogprobs logprobs presencePenalty frequencyPenalty seed
    responseMimeType responseSchema responseJsonSchema responseFormat mediaResolution speechConfig
    audioTimestamp thinkingConfig audioTranscriptionConfig imageConfig enableEnhancedCivicAnswers`),
});

/** The price of some tiers is not known here: without a limit on money they pass, with one they cannot be bounded. */
const serviceTier: Rule = (value, walk) => {
  if (value === 'priority') unbound(walk, 'this service tier has a price that is not known here');
  return oneOf('unspecified', 'standard', 'flex', 'priority')(value, walk);
};

/** The table of generateContent and streamGenerateContent. */
export const generateFields: FieldTable = {
  ...STEERING,
  model: sameModel,
  contents: listOf(content),
  systemInstruction: content,
  tools: listOf(tool),
  generationConfig,
  serviceTier,
  cachedContent: stored,
  continuationToken: stored,
  store: only(false, 'would keep the answer at the provider; send false or nothing'),
  ...harmless('toolConfig safetySettings labels'),
};

/** The table of one embedding. */
export const embedFields: FieldTable = {
  model: sameModel,
  content: (value, walk) => (isJsonObject(value) ? content(value, walk) : text(value, walk)),
  outputDimensionality: wholeNumber(1, 65_536),
  ...harmless('taskType title autoTruncate'),
};

/** The table of countTokens: contents alone, or a whole request. */
export const countFields: FieldTable = {
  contents: listOf(content),
  generateContentRequest: message(generateFields),
};
