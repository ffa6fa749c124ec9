// OKAP (Open Key Access Protocol): a program that nobody registered asks, the call waits a little for its owner, and answers with a token,
// a refusal, or where the owner decides. Nobody is authenticated here, so nothing is ever allowed here; the page does that.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fail, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../clock.ts';
import { networkOf, type PeerOf } from '../peer-address.ts';
import { pathOf } from '../request-path.ts';
import {
  answerGranted,
  answerPending,
  answerRefused,
  type OkapDialect,
  type OkapRefused,
  type OkapRequest,
  readOkapRequest,
  readSdkRequest,
} from './okap-messages.ts';
import { DEVICE_PATH, OAUTH_PATHS } from './paths.ts';
import { type ProgramAnswer, readProgramCall, sendProgramAnswer } from './program-calls.ts';
import { contentOf, type Waiting, type WaitingRequests } from './waiting-requests.ts';

/** Whether programs that nobody registered may ask, and how long a call waits for the owner. */
export interface OpenRequestsPolicy {
  readonly waitSeconds: number;
}

/** What the endpoints stand on. */
export interface OkapDeps {
  readonly issuer: string;
  readonly policy: OpenRequestsPolicy;
  readonly waiting: WaitingRequests;
  readonly peerOf: PeerOf;
  readonly ambient: Pick<Ambient, 'now'>;
}

/** How often a call looks whether its owner has decided, which may be at any replica. */
const LOOK_MS = 500;
/** Calls that wait at the same time, in all and from one network; further ones are told at once that nobody has decided. */
const MOST_OPEN = { house: 100, network: 8 } as const;

const refused = (code: OkapRefused['code'], detail: string, status = 400) =>
  fail<OkapRefused>({ status, code, detail });

const GONE =
  'This request is unknown, was answered already, or took too long: ask again without its id. If it was answered and not to you, end the access in Connected apps.';
const TOO_MANY = 'Too many requests wait or were made: try again in an hour, or ask the owner to decide.';
const OTHER_CONTENT =
  'A request_id goes on with one request: ask for the same, or for nothing, or without it.';

/** Answers `/okap/authorize` and `/okap/request`. */
export const createOkap = (deps: OkapDeps) => {
  const open = new OpenCalls();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isSdk = pathOf(request) === OAUTH_PATHS.okapRequest;
    sendProgramAnswer(response, await answerCall(request, response, isSdk, deps, open));
  };
};

async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  isSdk: boolean,
  deps: OkapDeps,
  open: OpenCalls,
): Promise<ProgramAnswer> {
  const read = await readCall(request, isSdk);
  if (!read.ok) return answerRefused(isSdk ? 'sdk' : 'published', read.error);
  const { dialect, address } = read.value;
  const found = await findOrAdd(request, read.value, deps);
  if (!found.ok) return answerRefused(dialect, found.error);
  const network = networkOf(deps.peerOf(request));
  const standing = await open.during(network, (mayWait) =>
    awaitDecision(found.value, response, mayWait ? deps.policy.waitSeconds : 0, deps),
  );
  return present(found.value, standing, dialect, address, response, deps);
}

/** What a call asks, of its body and of its `Authorization: Basic`, which is how the Python SDK sends what stands before the host of its `vault_url`. */
async function readCall(request: IncomingMessage, isSdk: boolean): Promise<Result<OkapRequest, OkapRefused>> {
  const body = await readProgramCall(request);
  if (!body.ok) return refused('invalid_request', body.error.detail, body.error.status);
  const read = (isSdk ? readSdkRequest : readOkapRequest)(body.value);
  if (!read.ok) return read;
  const [, encoded] = /^Basic ([\w+/]{1,400}={0,2})$/i.exec(request.headers.authorization ?? '') ?? [];
  const userinfo = Buffer.from(encoded ?? '', 'base64')
    .toString('latin1')
    .split(':', 2);
  const [address, requestId] = userinfo.map((each) => each || null);
  const said = { address: read.value.address ?? address, requestId: read.value.requestId ?? requestId };
  if (![said.address, said.requestId].every((each) => each == null || /^\w{1,100}$/.test(each)))
    return refused('invalid_request', 'The name before the host, or login_hint, is not an owner’s address.');
  const { address: to = null, requestId: id = null } = said;
  return succeed({ ...read.value, address: to === NO_ADDRESS ? null : to, requestId: id });
}

/** Stands where an address would, in a `vault_url` of a request that is meant for nobody in particular. */
const NO_ADDRESS = 'request';

/** The request that the call goes on with, or a new one. */
async function findOrAdd(
  request: IncomingMessage,
  { wanted, requestId, address }: OkapRequest,
  { waiting, peerOf }: OkapDeps,
): Promise<Result<Waiting, OkapRefused>> {
  if (requestId !== null) {
    const found = await waiting.find(requestId);
    if (found === null) return refused('invalid_request', GONE);
    const isSame = wanted === null || contentOf(wanted) === found.content;
    return isSame ? succeed(found) : refused('invalid_request', OTHER_CONTENT);
  }
  if (wanted === null) return refused('invalid_request', 'Nothing was asked for.');
  const added = await waiting.add({ ...wanted, address }, networkOf(peerOf(request)));
  return added === null ? refused('too_many_requests', TOO_MANY, 429) : succeed(added);
}

/** Looks until it is decided, the time is up, or nobody listens any more. */
async function awaitDecision(found: Waiting, response: ServerResponse, seconds: number, deps: OkapDeps) {
  const { waiting, ambient } = deps;
  const untilMs = Math.min(ambient.now() + seconds * 1000, found.endsAtMs);
  for (;;) {
    if (response.destroyed) return { status: 'pending' } as const;
    const standing = await waiting.standing(found);
    if (standing.status !== 'pending' || ambient.now() >= untilMs) return standing;
    await wait(LOOK_MS, undefined, { ref: false });
  }
}

async function present(
  found: Waiting,
  standing: Awaited<ReturnType<WaitingRequests['standing']>>,
  dialect: OkapDialect,
  address: string | null,
  response: ServerResponse,
  { issuer, waiting, ambient }: OkapDeps,
): Promise<ProgramAnswer> {
  // A token MUST NOT be used up by an answer that nobody reads: the secret that goes on with the request may have been read before.
  if (standing.status === 'pending' || response.destroyed)
    return answerPending(dialect, {
      requestId: found.secret,
      userCode: found.userCode,
      consentUri: `${issuer}${DEVICE_PATH}?user_code=${found.userCode}`,
      vaultUrl: issuer.replace('://', `://${address ?? NO_ADDRESS}:${found.secret}@`),
      expiresInSeconds: Math.max(0, Math.ceil((found.endsAtMs - ambient.now()) / 1000)),
    });
  if (standing.status === 'denied') {
    await waiting.close(found);
    return answerRefused(dialect, {
      status: 200,
      code: 'user_denied',
      detail: 'The owner did not allow it.',
    });
  }
  const given = await waiting.give(found, standing.grantId, 'okap');
  if (!given) return answerRefused(dialect, { status: 400, code: 'invalid_request', detail: GONE });
  const { token, live } = given;
  return answerGranted(dialect, {
    token,
    parts: live.parts.map(({ access }) => access),
    expiresAtMs: live.grant.expiresAtMs,
    createdAtMs: ambient.now(),
    baseUrlOf: (provider) => `${issuer}/v1/${provider}`,
  });
}

/** Counts the calls that wait in this process. */
class OpenCalls {
  readonly #byNetwork = new Map<string, number>();
  #all = 0;

  /** Runs `task`, which is told whether it may wait. */
  async during<T>(network: string, task: (mayWait: boolean) => Promise<T>): Promise<T> {
    const own = this.#byNetwork.get(network) ?? 0;
    if (own >= MOST_OPEN.network || this.#all >= MOST_OPEN.house) return task(false);
    this.#byNetwork.set(network, own + 1);
    this.#all += 1;
    try {
      return await task(true);
    } finally {
      this.#all -= 1;
      const left = (this.#byNetwork.get(network) ?? 1) - 1;
      if (left === 0) this.#byNetwork.delete(network);
      else this.#byNetwork.set(network, left);
    }
  }
}
