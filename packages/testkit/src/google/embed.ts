// embedContent and batchEmbedContents. The vectors follow from the content alone.

import { type JsonObject, jsonReply, type Operation, type Plan } from '../simulator/dialect.ts';
import { promptTokens, vectorOf } from '../simulator/tokens.ts';
import { usageOf } from '../simulator/usage.ts';
import { embeddingUsage } from './usage.ts';

const DEFAULT_DIMENSIONS = 16;

/** POST /v1beta/models/{model}:embedContent (and /v1); 16 dimensions unless asked otherwise. */
export const embedContent = embedding(
  'embedContent',
  (json) => [json],
  (values) => ({ embedding: values[0] }),
);

/** POST /v1beta/models/{model}:batchEmbedContents (and /v1). */
export const batchEmbedContents = embedding(
  'batchEmbedContents',
  (json) => (Array.isArray(json.requests) ? json.requests : []),
  (embeddings) => ({ embeddings }),
);

function embedding(
  name: string,
  requestsOf: (json: JsonObject) => JsonObject[],
  wrap: (embeddings: JsonObject[]) => JsonObject,
): Operation {
  return {
    name,
    method: 'POST',
    path: new RegExp(`^/v1(?:beta)?/models/(?<model>[^/:]+):${name}$`),
    billed: true,
    read({ json, path }) {
      const requests = requestsOf(json);
      if (requests.length === 0 || requests.some(({ content }) => content === undefined)) {
        return '* EmbedContentRequest.content: contents is not specified\n';
      }
      const input = requests.reduce((sum, { content }) => sum + promptTokens(content), 0);
      return { model: path.model ?? '', stream: false, text: '', cut: false, usage: usageOf({ input }) };
    },
    write(plan: Plan) {
      const embeddings = requestsOf(plan.request.json).map(({ content, outputDimensionality }) => ({
        values: vectorOf(
          JSON.stringify((content as JsonObject).parts ?? content),
          typeof outputDimensionality === 'number' ? outputDimensionality : DEFAULT_DIMENSIONS,
        ),
      }));
      return jsonReply({ ...wrap(embeddings), usageMetadata: plan.report(embeddingUsage(plan.usage)) });
    },
  };
}
