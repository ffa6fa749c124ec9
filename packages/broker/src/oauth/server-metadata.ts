// The server's own description (RFC 8414) as it really is: the library describes an OpenID provider, with all that it could do. A member that
// is not true here MUST NOT be in it, because clients choose by it.

import { LANGUAGES } from '@valetkey/core';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/** Members that speak of OpenID Connect: no id token is ever made, no claim of an owner is ever told. */
const OF_OPENID = [
  'claim_types_supported',
  'claims_parameter_supported',
  'claims_supported',
  'id_token_signing_alg_values_supported',
  'scopes_supported',
  'subject_types_supported',
];

/** The one way in which an answer comes back from the authorization endpoint. */
export const RESPONSE_MODE = 'query';

/** What an authorization request can do with grants (OAuth grant management, draft, section 7.1). */
export const GRANT_ACTIONS = ['create', 'merge'];

/** Corrects the library's description, and adds `more` to it. */
export const describeServer = (provider: Provider, more: object): void => {
  provider.use(async (ctx, next) => {
    await next();
    if ((ctx as unknown as KoaContextWithOIDC).oidc?.route !== 'discovery' || ctx.status !== 200) return;
    const {
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      ...said
    } = ctx.body as Record<string, unknown>;
    for (const member of OF_OPENID) delete said[member];
    const authentication = Object.fromEntries(
      ['token', 'introspection', 'revocation'].flatMap((endpoint) => [
        [`${endpoint}_endpoint_auth_methods_supported`, methods],
        [`${endpoint}_endpoint_auth_signing_alg_values_supported`, algorithms],
      ]),
    );
    ctx.body = {
      ...said,
      ...authentication,
      response_modes_supported: [RESPONSE_MODE],
      ui_locales_supported: LANGUAGES,
      backchannel_user_code_parameter_supported: false,
      grant_management_actions_supported: GRANT_ACTIONS,
      grant_management_action_required: false,
      ...more,
    };
  });
};
