// Introspection (RFC 7662) and revocation (RFC 7009) of access tokens. The library authenticates the client and serves refresh tokens,
// but refuses every JWT by name: exactly there, with the client already authenticated, this goes on.

import { formatActClaim, type ModelAccess, usdDecimal } from '@valetkey/core';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { actorsOf } from '../grants/actors.ts';
import type { Grants, LinkUsage, LiveGrant } from '../grants/contract.ts';
import { countedOf } from '../grants/counted.ts';
import { deviceOf } from '../grants/device-rule.ts';
import { linkIdOf } from '../grants/grant-links.ts';
import type { AccessTokenClaims, VerifyAccessToken } from '../tokens/access-token.ts';
import { grantedDetails } from './details.ts';
import { findUsableGrant } from './live-grant.ts';

/** What serving access tokens needs. */
export interface StructuredTokensDeps {
  readonly issuer: string;
  readonly grants: Pick<Grants, 'live' | 'usage' | 'revokeToken'>;
  readonly verify: VerifyAccessToken;
  readonly now: () => number;
}

/** Makes the library's introspection and revocation endpoints serve access tokens. */
export function serveStructuredTokens(provider: Provider, deps: StructuredTokensDeps): void {
  // The only way into this set is the library's own refusal of a JWT, which comes after it authenticated the client.
  const refused = new WeakSet<object>();
  const note = (ctx: KoaContextWithOIDC, error: Error) => {
    if (error.message === 'unsupported_token_type') refused.add(ctx);
  };
  provider.on('introspection.error', note);
  provider.on('revocation.error', note);
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx as unknown as KoaContextWithOIDC;
    if (oidc?.route === 'introspection' && !refused.has(ctx)) {
      const token = oidc.entities.RefreshToken;
      if (ctx.status === 200 && token?.grantId)
        ctx.body = { ...(ctx.body as object), grant_id: token.grantId };
      return;
    }
    if (!refused.has(ctx)) return;
    const clientId = oidc.client?.clientId;
    const verified = await deps.verify(String(oidc.params?.token));
    const claims = verified.ok && verified.value.clientId === clientId ? verified.value : null;
    ctx.status = 200;
    ctx.set('cache-control', 'no-store');
    if (oidc.route === 'introspection') {
      ctx.body = claims === null ? { active: false } : await introspect(claims, deps);
      return;
    }
    // RFC 7009 section 2.2: a token that is not valid, or not this client's, is answered like one that was revoked.
    if (claims) await deps.grants.revokeToken(claims.grantId, claims.tokenId, claims.expiresAtMs);
    ctx.body = '';
  });
}

async function introspect(claims: AccessTokenClaims, { issuer, grants, now }: StructuredTokensDeps) {
  const live = await findUsableGrant(grants, claims.grantId, now());
  if (live === null || live.revokedTokenIds.has(claims.tokenId)) return { active: false };
  if (deviceOf(live, claims.jkt)?.isLost) return { active: false };
  return {
    active: true,
    iss: issuer,
    sub: claims.grantId,
    aud: issuer,
    client_id: claims.clientId,
    grant_id: claims.grantId,
    jti: claims.tokenId,
    iat: claims.issuedAtMs / 1000,
    exp: claims.expiresAtMs / 1000,
    token_type: claims.jkt === null ? 'Bearer' : 'DPoP',
    ...(claims.jkt !== null && { cnf: { jkt: claims.jkt } }),
    ...(claims.certificateThumbprint !== null && { cnf: { 'x5t#S256': claims.certificateThumbprint } }),
    authorization_details: grantedDetails(live.parts),
    ...(live.path.length > 1 && {
      parent_grant_id: live.grant.parentGrantId,
      delegation_depth: live.path.length - 1,
      act: formatActClaim(actorsOf(live.path, issuer)),
    }),
    ...(await budgetOf(live, grants)),
  };
}

/** USD of the limit with the least left, of the grant and of every grant above it, as JSON numbers; nothing where no USD limit applies. */
export async function budgetOf(
  { parts, path }: Pick<LiveGrant, 'parts' | 'path'>,
  grants: Pick<Grants, 'live' | 'usage'>,
): Promise<{
  readonly budget_used?: number;
  readonly budget_reserved?: number;
  readonly budget_remaining?: number;
}> {
  const providers = parts.map(({ provider }) => provider);
  const budgets = await Promise.all(path.map(({ grantId }) => budgetsOf(grantId, providers, grants)));
  const [tightest] = budgets.flat().sort((left, right) => left.remaining - right.remaining);
  if (tightest === undefined) return {};
  return {
    budget_used: Number(usdDecimal(tightest.used)),
    budget_reserved: Number(usdDecimal(tightest.reserved)),
    budget_remaining: Number(usdDecimal(Math.max(0, tightest.remaining))),
  };
}

async function budgetsOf(
  grantId: string,
  providers: readonly string[],
  grants: Pick<Grants, 'live' | 'usage'>,
) {
  const [live, { balances }] = await Promise.all([grants.live(grantId), grants.usage(grantId)]);
  const parts = live?.parts.filter(({ provider }) => providers.includes(provider)) ?? [];
  return parts.flatMap(({ provider, access }) =>
    usdBudgets(
      access,
      balances.find(({ linkId }) => linkId === linkIdOf(grantId, provider)),
    ),
  );
}

const usdBudgets = ({ limits }: ModelAccess, balance: LinkUsage | undefined) =>
  limits
    .filter(({ unit }) => unit === 'usd')
    .map((limit) => {
      const { settled, held } = countedOf(balance, limit);
      return { used: settled, reserved: held, remaining: limit.amount - settled - held };
    });
