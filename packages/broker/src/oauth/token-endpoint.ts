// What our profile adds to the library's token endpoint: the grant's id in every answer, and codes that are burned by a failed attempt.

import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { AccessStopped } from './adapter.ts';
import type { Artifacts } from './artifacts.ts';

/** Sets it up on `provider`. */
export function extendTokenEndpoint(provider: Provider, artifacts: Pick<Artifacts, 'consume'>): void {
  const failed = new WeakSet<object>();
  provider.on('grant.error', (ctx, error) => {
    if (error.message === 'invalid_grant' && !(error instanceof AccessStopped)) failed.add(ctx);
  });
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx as unknown as KoaContextWithOIDC;
    if (oidc?.route !== 'token') return;
    const { code } = oidc.params ?? {};
    // A code that was tried with another client, verifier, address or key was stolen or leaked: nobody gets it now (A21).
    if (failed.has(ctx) && typeof code === 'string') await artifacts.consume('AuthorizationCode', code);
    const grantId = oidc.entities.AccessToken?.grantId;
    if (ctx.status === 200 && grantId) ctx.body = { ...(ctx.body as object), grant_id: grantId };
  });
}
