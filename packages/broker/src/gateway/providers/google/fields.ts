// Every field of generateContent, embedContent and countTokens, what it may be, and why some are refused.
// Source: Gemini API reference, as typed and sent by @google/genai 3.1.

import { isJsonObject } from '../../json/parse-json.ts';
import {
  anything,
  type FieldTable,
  listOf,
  oneOf,
  only,
  type Rule,
  refused,
  steering,
  stored,
  text,
  wholeNumber,
} from '../reading/rules.ts';
import type { Walk } from '../reading/walk.ts';
import { content } from './content.ts';
import { message, sameModel } from './rules.ts';

/** A tool that the provider runs as often as it likes. */
const unbounded =
  (name: string): Rule =>
  (_value, walk: Walk) => {
    walk.tools.add(name);
    walk.unbounded ??= `nobody states how often the tool \`${name}\` is used`;
    return null;
  };

const callerRun =
  (name: string): Rule =>
  (_value, walk: Walk) => {
    walk.tools.add(name);
    return null;
  };

const elsewhere = refused('reaches another server, which a grant cannot');

/** One entry of `tools`: each member is a kind of tool. */
const tool = message({
  functionDeclarations: callerRun('function'),
  computerUse: callerRun('computer'),
  googleSearch: unbounded('web_search'),
  googleSearchRetrieval: unbounded('web_search'),
  enterpriseWebSearch: unbounded('web_search'),
  googleMaps: unbounded('google_maps'),
  codeExecution: unbounded('code_execution'),
  urlContext: unbounded('url_context'),
  fileSearch: stored,
  retrieval: elsewhere,
  mcpServers: elsewhere,
  exaAiSearch: elsewhere,
  parallelAiSearch: elsewhere,
});

const HARMLESS_CONFIG = [
  ...[
    'temperature',
    'topP',
    'topK',
    'stopSequences',
    'responseLogprobs',
    'logprobs',
    'presencePenalty',
    'frequencyPenalty',
    'seed',
  ],
  ...[
    'responseMimeType',
    'responseSchema',
    'responseJsonSchema',
    'responseFormat',
    'mediaResolution',
    'speechConfig',
  ],
  ...[
    'audioTimestamp',
    'thinkingConfig',
    'audioTranscriptionConfig',
    'imageConfig',
    'enableEnhancedCivicAnswers',
  ],
];

const generationConfig = message({
  // Money, model, work: always checked.
  candidateCount: wholeNumber(1, 8),
  maxOutputTokens: wholeNumber(1),
  responseModalities: listOf(oneOf('TEXT', 'IMAGE', 'AUDIO')),
  routingConfig: steering,
  modelSelectionConfig: steering,
  modelConfig: steering,
  // Known and harmless.
  ...Object.fromEntries(HARMLESS_CONFIG.map((name) => [name, anything])),
});

/** The price of some tiers is not known here: without a limit on money they pass, with one they cannot be bounded. */
const serviceTier: Rule = (value, walk) => {
  if (value === 'priority') walk.unbounded ??= 'this service tier has a price that is not known here';
  return oneOf('unspecified', 'standard', 'flex', 'priority')(value, walk);
};

/** The table of generateContent and streamGenerateContent. */
export const generateFields: FieldTable = {
  model: sameModel,
  contents: listOf(content),
  systemInstruction: content,
  tools: listOf(tool),
  generationConfig,
  serviceTier,
  cachedContent: stored,
  continuationToken: stored,
  store: only(false, 'would keep the answer at the provider; send false or nothing'),
  toolConfig: anything,
  safetySettings: anything,
  labels: anything,
};

/** The table of one embedding. */
export const embedFields: FieldTable = {
  model: sameModel,
  content: (value, walk) => (isJsonObject(value) ? content(value, walk) : text(value, walk)),
  taskType: anything,
  title: anything,
  outputDimensionality: wholeNumber(1, 65_536),
  autoTruncate: anything,
};

/** The table of countTokens: contents alone, or a whole request. */
export const countFields: FieldTable = {
  contents: listOf(content),
  generateContentRequest: message(generateFields),
};
