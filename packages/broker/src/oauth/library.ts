// The OAuth library without its entry file, which does nothing else than to warn of every runtime whose release it does not find marked
// as long-term support; the builds of Node that npm delivers carry no such mark.

import type * as Library from 'oidc-provider';
// @ts-expect-error the file has no types of its own; the entry's are given below
import * as library from 'oidc-provider/lib/helpers/errors.js';
// @ts-expect-error as above
import * as policy from 'oidc-provider/lib/helpers/interaction_policy/index.js';
// @ts-expect-error as above
import * as proofs from 'oidc-provider/lib/helpers/validate_dpop.js';
// @ts-expect-error as above
import { Provider as provider } from 'oidc-provider/lib/provider.js';

/** The authorization server's class. */
export const Provider: typeof Library.Provider = provider;
export type Provider = Library.Provider;

/** Its errors, each with the OAuth code it becomes. */
export const errors: typeof Library.errors = library;

/** Its checks of whether an owner has to be asked. */
export const interactionPolicy: typeof Library.interactionPolicy = policy;

/** A DPoP proof that holds: the thumbprint of its key and its id. */
export interface ValidProof {
  readonly thumbprint: string;
  readonly jti: string;
}

/** The proof in a request's `DPoP` header, checked; undefined without one. Throws `InvalidDpopProof`. */
export const validateDpop: (provider: Provider, ctx: object) => Promise<ValidProof | undefined> =
  proofs.default;

/** Throws `InvalidGrant` if the proof came before; does nothing without one. */
export const checkDpopReplay: (
  provider: Provider,
  ctx: object,
  proof: ValidProof | undefined,
  clientId: string,
) => Promise<void> = proofs.checkDpopReplay;
