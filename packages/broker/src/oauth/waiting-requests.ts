// Requests of programs that nobody registered, while they wait for an owner. Who asked is known by one thing alone, the secret in the answer
// it was given: whoever sends the same words a second time MUST NOT get what was allowed to the first.

import { formatAccess, type ModelAccess } from '@valetkey/core';
import { type Ambient, randomId } from '../clock.ts';
import { sha256 } from '../digest.ts';
import type { Grants } from '../grants/contract.ts';
import type { KeyTokenForm } from '../grants/key-token.ts';
import type { Quota, Quotas } from '../store/quotas.ts';
import type { Artifact, Artifacts } from './artifacts.ts';
import { DEVICE_CODE_SECONDS, newUserCode, WAITING, WAITING_UID } from './device-codes.ts';
import { type IssuedKey, isStopped, issueKey } from './live-grant.ts';
import { type ProgramWords, programId } from './program-client.ts';

/** What a program asks for. `address` is that of the owner it is meant for, as the owner gave it; null where it names none. */
export interface ProgramRequest {
  readonly program: ProgramWords;
  readonly asked: readonly ModelAccess[];
  readonly address: string | null;
}

/** A request that waits, for who holds its secret. */
export interface Waiting {
  readonly uid: string;
  /** As a person reads it. */
  readonly userCode: string;
  readonly secret: string;
  /** Names everything that was asked: a call that goes on MUST ask for the same. */
  readonly content: string;
  readonly endsAtMs: number;
}

/** How a request stands. */
export type Standing =
  | { readonly status: 'pending' }
  | { readonly status: 'denied' }
  | { readonly status: 'allowed'; readonly grantId: string };

/** A request on an owner's page. */
export interface ListedRequest {
  readonly name: string;
  readonly userCode: string;
  /** Whether it came with the owner's own address; else anybody can have made it. */
  readonly isAddressed: boolean;
}

const HOUR = 60 * 60;
/** What one network may ask uses up neither what an address may be asked nor what the house may: that takes several. */
const ASKED: { readonly network: Quota; readonly address: Quota; readonly house: Quota } = {
  network: { most: 30, windowSeconds: HOUR },
  address: { most: 90, windowSeconds: HOUR },
  house: { most: 300, windowSeconds: HOUR },
};

/** The most that wait for one address, of these from one network, and in the house: a page that is longer helps nobody. */
const MOST_WAITING = { address: 10, network: 8, house: 200 } as const;

const LIFETIME_MS = DEVICE_CODE_SECONDS * 1000;

/** Says a code aloud. */
const spoken = (userCode: string): string => userCode.replace(/^(.{4})/, '$1-');

/** Everything a request asks for, by a hash. */
export const contentOf = ({ program, asked }: Pick<ProgramRequest, 'program' | 'asked'>): string =>
  sha256(JSON.stringify([program.name, program.url, asked.map(formatAccess)]));

interface WaitingDeps {
  readonly artifacts: Artifacts;
  readonly grants: Pick<Grants, 'live' | 'issueKeyToken'>;
  readonly quotas: Pick<Quotas, 'take'>;
  readonly ambient: Ambient;
}

/** The requests that wait, in the table of artefacts. */
export type WaitingRequests = ReturnType<typeof createWaitingRequests>;

/** Keeps them. */
export const createWaitingRequests = ({ artifacts, grants, quotas, ambient }: WaitingDeps) => ({
  /** Notes a request that came from `network`; null if too many came or wait already. */
  async add(request: ProgramRequest, network: string): Promise<Waiting | null> {
    const { program, asked, address } = request;
    const mayAsk =
      (await quotas.take(`program ${network}`, ASKED.network)) &&
      (await quotas.take(`program for ${address ?? 'anybody'}`, ASKED.address)) &&
      (await quotas.take('program', ASKED.house));
    if (!mayAsk) return null;
    const waiting = await artifacts.list(WAITING, MOST_WAITING.house);
    const beside = waiting.filter(({ payload }) => addressOf(payload) === address);
    if (waiting.length >= MOST_WAITING.house || beside.length >= MOST_WAITING.address) return null;
    const from = sha256(network);
    const ofNetwork = beside.filter(({ payload }) => payload.from === from);
    if (ofNetwork.length >= MOST_WAITING.network) return null;
    const uid = randomId(ambient, WAITING_UID);
    const secret = randomId(ambient, 'okr_', 43);
    const [userCode, content] = [newUserCode(ambient), contentOf(request)];
    const endsAtMs = ambient.now() + LIFETIME_MS;
    const params = {
      authorization_details: JSON.stringify(asked.map(formatAccess)),
      client_name: program.name,
      ...(program.url !== null && { client_uri: program.url }),
      ...(address !== null && { address }),
    };
    const clientId = programId(program);
    await artifacts.put(
      WAITING,
      secret,
      { uid, userCode, clientId, from, params, content, endsAtMs },
      endsAtMs,
    );
    return { uid, userCode: spoken(userCode), secret, content, endsAtMs };
  },

  /** The request behind a secret; null if there is none, it was answered, or its time is over. */
  async find(secret: string): Promise<Waiting | null> {
    const found = await artifacts.find(WAITING, secret);
    if (found === null || found.consumedAtMs !== null) return null;
    const { uid, userCode, content, endsAtMs } = found.payload;
    if (Number(endsAtMs) <= ambient.now()) return null;
    return {
      uid: String(uid),
      userCode: spoken(String(userCode)),
      secret,
      content: String(content),
      endsAtMs: Number(endsAtMs),
    };
  },

  /** How it stands. While the owner has stopped what was allowed it is pending: what can not be used yet MUST NOT be used up. */
  async standing({ uid }: Pick<Waiting, 'uid'>): Promise<Standing> {
    const decision = await artifacts.find('DeviceDecision', uid);
    const outcome = decision?.payload.outcome as { grantId?: string; error?: string } | undefined;
    if (outcome === undefined) return { status: 'pending' };
    const { grantId } = outcome;
    if (grantId === undefined) return { status: 'denied' };
    const isHeld = await isStopped(grants, grantId, ambient.now());
    return isHeld ? { status: 'pending' } : { status: 'allowed', grantId };
  },

  /** Gives the token, for one of any number of callers, or null; it is made only now, so that none lies anywhere before. */
  async give({ secret }: Waiting, grantId: string, form: KeyTokenForm): Promise<IssuedKey | null> {
    if (!(await artifacts.consume(WAITING, secret))) return null;
    return issueKey(grants, grantId, ambient.now(), form);
  },

  /** Uses a request up that was denied and whose program was told so. */
  close: ({ secret }: Waiting): Promise<boolean> => artifacts.consume(WAITING, secret),

  /** What waits undecided for one of these addresses, that which ends soonest first. */
  listFor: (addresses: readonly (string | null)[]) => listFor(artifacts, addresses),
});

const isOpen = ({ consumedAtMs }: Artifact): boolean => consumedAtMs === null;

/** Whom a request is meant for. */
const addressOf = ({ params }: Artifact['payload']): string | null =>
  (params as { readonly address?: string }).address ?? null;

async function listFor(
  artifacts: Artifacts,
  addresses: readonly (string | null)[],
): Promise<readonly ListedRequest[]> {
  const all = await artifacts.list(WAITING, MOST_WAITING.house);
  const open = all.filter((each) => addresses.includes(addressOf(each.payload)) && isOpen(each));
  const decided = await Promise.all(
    open.map(({ payload }) => artifacts.find('DeviceDecision', String(payload.uid))),
  );
  return open
    .filter((_, at) => decided[at] === null)
    .map(({ payload }) => ({
      name: String((payload.params as Readonly<Record<string, unknown>>).client_name),
      userCode: spoken(String(payload.userCode)),
      isAddressed: addressOf(payload) !== null,
    }));
}
