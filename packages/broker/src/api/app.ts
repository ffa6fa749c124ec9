// The Fastify instance that the resources hang on: strict parsing, one authentication hook, one error shape, the OpenAPI document.

import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { SignedIn } from '../accounts/contract.ts';
import { randomId } from '../clock.ts';
import { sessionCookie } from '../pages/session-cookie.ts';
import { ApiError, createErrorHandler } from './api-error.ts';
import { createAuthentication } from './authenticate.ts';
import type { ApiParts } from './contract.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before any handler of `/api/v1` runs. */
    owner: SignedIn;
  }
}

const BODY_LIMIT_BYTES = 256 * 1024;

const describeApi = ({ issuer, version }: ApiParts) => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Valetkey management API',
      version,
      description:
        'For owners: provider keys, grants, calls, usage and apps. Amounts are exact decimal strings, times RFC 3339 in UTC.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: issuer }],
    components: {
      securitySchemes: {
        session: { type: 'apiKey' as const, in: 'cookie' as const, name: sessionCookie(issuer) },
        bearer: {
          type: 'http' as const,
          scheme: 'bearer',
          description: 'A session token, as `valetkey login` gets one.',
        },
      },
    },
    security: [{ session: [] }, { bearer: [] }],
  },
  transform: jsonSchemaTransform,
  transformObject: jsonSchemaTransformObject,
});

/** An instance without resources. */
export const createApp = (parts: ApiParts) => {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 1000 },
    genReqId: () => randomId(parts.ambient, 'req_'),
    requestIdHeader: false,
    trustProxy: false,
    exposeHeadRoutes: false,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(createErrorHandler(parts.onFault));
  app.setNotFoundHandler(() => {
    throw new ApiError('not_found', 'There is nothing at this address.');
  });
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('owner');
  app.addHook('onRequest', createAuthentication(parts));
  app.addHook('onSend', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': request.id,
    });
  });
  app.register(swagger, describeApi(parts));
  return app;
};

/** What resources register their calls on. */
export type App = ReturnType<typeof createApp>;
