// The product's own OpenAPI document, read from the code that answers: no server, no database. The calls are registered and never made.

import type { ApiParts } from '../../packages/broker/src/api/contract.ts';
import { buildApi } from '../../packages/broker/src/api/create-api.ts';
import type { OpenApiDocument } from './api-reference.ts';

/** The document of a broker on this machine. */
export const readOpenApi = async (): Promise<OpenApiDocument> => {
  const parts = { issuer: 'http://127.0.0.1:8787', version: '0.1.0', providers: [] };
  // Everything else is asked for by handlers alone.
  const app = buildApi(parts as unknown as ApiParts);
  await app.ready();
  return app.swagger() as unknown as OpenApiDocument;
};
