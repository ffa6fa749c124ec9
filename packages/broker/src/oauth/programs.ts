// Programs that nobody registered, put together: where they ask, what of it waits for whom, and the address by which they name an owner.

import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ambient } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import { type PeerOf, peerOfConnection } from '../peer-address.ts';
import type { Quotas } from '../store/quotas.ts';
import { createAipassport } from './aipassport.ts';
import type { Artifacts } from './artifacts.ts';
import type { KeyStore } from './keys.ts';
import { createOkap, type OpenRequestsPolicy } from './okap.ts';
import { OAUTH_PATHS } from './paths.ts';
import { createWaitingRequests, type ListedRequest } from './waiting-requests.ts';

/** What programs need from the other rooms. */
export interface ProgramsDeps {
  readonly issuer: string;
  readonly grants: Pick<Grants, 'live' | 'issueKeyToken'>;
  readonly ambient: Ambient;
  /** How they may ask; not at all unless given. */
  readonly openRequests?: OpenRequestsPolicy | null;
  /** Whether the house has one owner, whom every program means that names none; false unless given. */
  readonly isOnlyOwner?: () => Promise<boolean>;
  /** Where requests come from; from where they are connected unless given. */
  readonly peerOf?: PeerOf;
}

/** What waits for one owner, and how a program names that owner. */
export interface ProgramsOfOwner {
  readonly address: string;
  readonly requests: readonly ListedRequest[];
}

/** The programs of a house. */
export interface Programs {
  /** Where they ask, by path; empty where none may. */
  readonly handlers: Readonly<
    Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>
  >;
  /** Unguessable, the same for ever, and says nothing of the owner. */
  readonly addressOf: (ownerId: string) => string;
  /** Null where none may ask. */
  readonly waitingFor: (ownerId: string) => Promise<ProgramsOfOwner | null>;
}

/** Opens them. */
export async function openPrograms(
  { issuer, grants, ambient, peerOf = peerOfConnection, ...deps }: ProgramsDeps,
  artifacts: Artifacts,
  quotas: Quotas,
  keys: Pick<KeyStore, 'secret'>,
): Promise<Programs> {
  const secret = await keys.secret('oauth.addresses');
  const addressOf = (ownerId: string) =>
    createHmac('sha256', secret).update(ownerId).digest('hex').slice(0, 32);
  const { openRequests: policy = null, isOnlyOwner = async () => false } = deps;
  if (policy === null) return { handlers: {}, addressOf, waitingFor: async () => null };
  const waiting = createWaitingRequests({ artifacts, grants, quotas, ambient });
  const okap = createOkap({ issuer, policy, waiting, peerOf, ambient });
  return {
    handlers: {
      [OAUTH_PATHS.okapAuthorize]: okap,
      [OAUTH_PATHS.okapRequest]: okap,
      ...createAipassport({ issuer, waiting, peerOf, ambient }),
    },
    addressOf,
    async waitingFor(ownerId) {
      const address = addressOf(ownerId);
      const addresses = (await isOnlyOwner()) ? [address, null] : [address];
      return { address, requests: await waiting.listFor(addresses) };
    },
  };
}
