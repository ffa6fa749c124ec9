// Gemini's API as a simulator speaks it, under /v1beta and /v1.
// A Gemini answer carries its request id only in the body (`responseId`), and a bad key is a 400.

import type { Dialect } from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { batchEmbedContents, embedContent } from './embed.ts';
import { countTokens, generateContent, streamGenerateContent } from './generate.ts';
import { getModel, listModels } from './models.ts';

const STATUSES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const error = (code: number, message: string) => ({
  error: { code, message, status: STATUSES[code] ?? 'INTERNAL' },
});

/** Gemini's dialect. */
export const google: Dialect = {
  defaultModels: ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-embedding-001'],
  requestIdPrefix: 'google-',
  badKeyStatus: 400,
  headers: () => ({ 'server-timing': 'gfet4t7; dur=1' }),
  operations: [
    generateContent,
    streamGenerateContent,
    embedContent,
    batchEmbedContents,
    countTokens,
    listModels,
    getModel,
  ],
  errorBody: error,
  errorEvent: (message) => sseEvent(error(503, message), undefined, '\r\n'),
};
