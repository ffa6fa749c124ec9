// Turns the ledger's reasons into errors that a person can act on: what was used, of how much, until when, and where to change it.

import { ERRORS, formatUsd, type LimitPeriod, type PublicError, usdDecimal } from '@valetkey/core';
import type { AdmissionRefusal } from '../ledger/contract.ts';
import { OUTAGE_MESSAGE, OUTAGE_RETRY_SECONDS } from '../store/outage.ts';

/** What refusal messages name: the app as its owner knows it, and the page where its limits are. */
export interface Named {
  readonly name: string;
  readonly link: string;
  readonly nowMs: number;
}

const WINDOW_WORDS: Record<LimitPeriod, string> = {
  total: 'in all',
  month: 'this month',
  week: 'this week',
  day: 'today',
  minute: 'this minute',
};

type LimitRefusal = Extract<AdmissionRefusal, { reason: 'limit' }>;

const budgetError = (refusal: LimitRefusal, named: Named): PublicError => {
  const left = Math.max(0, refusal.limit - refusal.settled - refusal.held);
  const fields = {
    remaining: usdDecimal(left),
    required: usdDecimal(refusal.required),
    limit: usdDecimal(refusal.limit),
    per: refusal.per,
  };
  const used = `${formatUsd(refusal.settled)} of ${formatUsd(refusal.limit)} ${WINDOW_WORDS[refusal.per]}`;
  const held = refusal.held > 0 ? `, ${formatUsd(refusal.held)} held by requests that are still running` : '';
  if (left === 0 && refusal.held === 0) {
    return {
      code: 'budget_exhausted',
      message: `Budget for ${named.name} is used up: ${used}. Raise it: ${named.link}`,
      link: named.link,
      fields,
    };
  }
  const message =
    `This request may cost up to ${formatUsd(refusal.required)}, but ${formatUsd(left)} is left for ${named.name} (${used} spent${held}). ` +
    `Set a smaller output cap or send less, or raise the budget: ${named.link}`;
  return { code: left === 0 ? 'budget_exhausted' : 'insufficient_budget', message, link: named.link, fields };
};

const countError = (refusal: LimitRefusal, named: Named): PublicError => {
  const fields = {
    limit: refusal.limit,
    used: refusal.settled + refusal.held,
    required: refusal.required,
    unit: refusal.unit,
    per: refusal.per,
  };
  const used = `${refusal.settled + refusal.held} of ${refusal.limit} ${refusal.unit} ${WINDOW_WORDS[refusal.per]}`;
  if (refusal.required > refusal.limit) {
    const message = `This request may use ${refusal.required} tokens, and ${named.name} may use ${refusal.limit} ${WINDOW_WORDS[refusal.per]}. Send less or set a smaller output cap.`;
    return { code: 'token_limit_exceeded', message, link: named.link, fields };
  }
  if (refusal.per === 'minute' && refusal.windowEndsAtMs !== null) {
    const retryAfterSeconds = Math.max(1, Math.ceil((refusal.windowEndsAtMs - named.nowMs) / 1000));
    return {
      code: 'rate_limited',
      message: `${named.name} has used ${used}. Try again in ${retryAfterSeconds} s.`,
      retryAfterSeconds,
      fields,
    };
  }
  return {
    code: 'quota_exhausted',
    message: `${named.name} has used ${used}. Raise it: ${named.link}`,
    link: named.link,
    fields,
  };
};

const NOT_LIVE = {
  revoked: { code: 'token_revoked', message: 'This access was revoked by its owner. Ask for access again.' },
  expired: { code: 'token_expired', message: 'This access has expired. Ask for access again.' },
  suspended: { code: 'grant_suspended', message: 'This access is paused by its owner.' },
} as const satisfies Record<string, PublicError>;

/** The error for a grant that admits nothing now. */
export const notLiveError = (status: keyof typeof NOT_LIVE): PublicError => NOT_LIVE[status];

/** The error for a request that needed the database while it can not be used. */
export const outageError: PublicError = {
  code: 'unavailable',
  message: OUTAGE_MESSAGE,
  retryAfterSeconds: OUTAGE_RETRY_SECONDS,
};

/** The public error for an admission that was refused. `stale` never reaches this: the gate reads again. */
export const refusalError = (refusal: AdmissionRefusal, named: Named): PublicError => {
  switch (refusal.reason) {
    case 'not_live':
      return notLiveError(refusal.status);
    case 'unpriced':
      return {
        code: 'unpriced_model',
        message: `This model has no price, so ${named.name} cannot use it within a budget. The operator can set a price for it.`,
      };
    case 'concurrency':
      return {
        code: 'rate_limited',
        message: `${named.name} may run ${refusal.limit} requests at once, and as many are running. Try again when one has ended.`,
        retryAfterSeconds: 1,
      };
    case 'limit':
      return refusal.unit === 'usd' ? budgetError(refusal, named) : countError(refusal, named);
    case 'stale':
    case 'unavailable':
      return {
        code: 'unavailable',
        message: 'The request could not be recorded, so it was not forwarded. Try again shortly.',
        retryAfterSeconds: 2,
      };
  }
};

/** The HTTP status of a public error. */
export const statusOf = (error: PublicError): number => ERRORS[error.code].status;
