// Who asks, and whether a browser was made to ask by another site. The only place of the API that lets anyone in.

import type { FastifyRequest } from 'fastify';
import { isSameOrigin } from '../pages/same-origin.ts';
import { ApiError } from './api-error.ts';
import type { ApiParts } from './contract.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** A hook that sets `request.owner` or refuses. The OpenAPI document alone is public. */
export const createAuthentication =
  ({ sessionOf, issuer }: Pick<ApiParts, 'sessionOf' | 'issuer'>) =>
  async (request: FastifyRequest): Promise<void> => {
    if (request.routeOptions.url === '/openapi.json') return;
    const session = await sessionOf(request.raw);
    if (!session) {
      const hasToken = request.headers.authorization !== undefined;
      throw hasToken
        ? new ApiError(
            'invalid_token',
            'The session has ended or the token is wrong. Sign in again: valetkey login',
          )
        : new ApiError(
            'missing_token',
            `Sign in at ${issuer}/sign-in, or send a session token as a bearer token.`,
          );
    }
    // A cookie is sent whoever made the browser ask, so a change needs a page of ours behind it.
    const isForeign = session.via === 'cookie' && !isSameOrigin(request.headers, new URL(issuer).origin);
    if (isForeign && !SAFE_METHODS.has(request.method)) {
      throw new ApiError('invalid_request', `Changes made with a session cookie must come from ${issuer}.`);
    }
    request.owner = session;
  };
