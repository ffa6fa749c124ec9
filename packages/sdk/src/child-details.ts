// What is asked for a child of a grant: what the caller says, and for what it leaves out what the parent has. The end and further delegation
// MUST NOT be unlimited by being left out. The broker decides; this only spares callers from repeating their own grant.

/** An amount of USD: a decimal such as `'0.50'`, or a number. It is sent as it is and never computed with. */
export type Usd = string | number;

/** An entry of `authorization_details` of type `ai_model_access`, as the broker answers it. What is absent is not restricted. */
export interface GrantedAccess {
  readonly type: string;
  readonly provider: string;
  readonly models?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly tools?: readonly string[];
  readonly locations?: readonly string[];
  /** By wire name, such as `total_spend` (USD) or `max_requests`. */
  readonly limits?: Readonly<Record<string, Usd>>;
  readonly delegation?: { readonly max_depth: number; readonly to?: readonly string[] };
  /** RFC 3339. */
  readonly expires?: string;
  readonly reason?: string;
}

/** What a child is asked to be able to do, within what its parent may. */
export interface ChildAccess {
  /** Whose models; needed where the grant is for several providers and something else is said. Default: all of the grant. */
  readonly provider?: string;
  /** Models, or beginnings such as `gpt-5*`. Default: those of the grant. */
  readonly models?: readonly string[];
  /** Kinds of work, such as `chat`. Default: those of the grant. */
  readonly capabilities?: readonly string[];
  /** Tools that models may use. Default: those of the grant. */
  readonly tools?: readonly string[];
  /** The most it may spend, in all or for each period. Default: what the grant has left. */
  readonly limit?: Usd | Readonly<Partial<Record<keyof typeof SPEND, Usd>>>;
  /** Other limits, by their wire names, such as `{ max_requests: 10 }`. */
  readonly limits?: Readonly<Record<string, Usd>>;
  /** How long it lives: seconds, or `15m`, `8h`, `2d`. Default: an hour. Never longer than its parent. */
  readonly expiresIn?: number | string;
  /** How many levels it may delegate further. Default: 0. */
  readonly depth?: number;
  /** To whom it may delegate further, where its parent is restricted. Default: as the parent. */
  readonly to?: readonly string[];
}

const SPEND = {
  total: 'total_spend',
  month: 'monthly_spend',
  week: 'weekly_spend',
  day: 'daily_spend',
  minute: 'spend_per_minute',
} as const;

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A hundred years: what is longer is a mistake. */
const MOST_SECONDS = 100 * 366 * 86_400;

/**
 * The child's `authorization_details`, for any way of asking: one entry for each provider of the parent that is meant.
 *
 * Throws a `TypeError` that says what to change. `nowMs` is epoch milliseconds.
 */
export function childDetails(
  asked: ChildAccess,
  parent: readonly GrantedAccess[],
  nowMs: number,
): readonly GrantedAccess[] {
  const { provider = null, models, capabilities, tools, limit, limits } = asked;
  const parts = parent.filter((part) => provider === null || part.provider === provider);
  if (parts.length === 0) throw new TypeError(`The grant has no part for ${provider}.`);
  const says = [models, capabilities, tools, limit, limits].some((member) => member !== undefined);
  if (parts.length > 1 && says) {
    const names = parts.map((part) => part.provider).join(', ');
    throw new TypeError(`The grant is for several providers (${names}): say which one with provider.`);
  }
  const expires = expiryOf(asked.expiresIn ?? '1h', nowMs);
  return parts.map((part) => childOf(part, asked, expires));
}

function childOf(part: GrantedAccess, asked: ChildAccess, ends: string): GrantedAccess {
  const { type, provider, locations, delegation, expires = ends } = part;
  const { models = part.models, capabilities = part.capabilities, tools = part.tools } = asked;
  const { depth = 0, to = delegation?.to } = asked;
  const limits = limitsOf(asked);
  return {
    type,
    provider,
    ...(models && { models }),
    ...(capabilities && { capabilities }),
    ...(tools && { tools }),
    ...(locations && { locations }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(depth !== 0 && { delegation: { max_depth: depth, ...(to && { to }) } }),
    expires: Date.parse(expires) < Date.parse(ends) ? expires : ends,
  };
}

/** The limits that are asked for, by their wire names. */
export const limitsOf = ({ limit, limits }: Pick<ChildAccess, 'limit' | 'limits'>): Record<string, Usd> => ({
  ...spendLimits(limit),
  ...limits,
});

function spendLimits(limit: ChildAccess['limit']): Record<string, Usd> {
  if (limit === undefined) return {};
  if (typeof limit !== 'object') return { [SPEND.total]: limit };
  const entries = Object.entries(limit).map(([per, amount]) => {
    if (!Object.hasOwn(SPEND, per))
      throw new TypeError(`limit.${per}: a limit is per ${Object.keys(SPEND).join(', ')}.`);
    return [SPEND[per as keyof typeof SPEND], amount] as const;
  });
  return Object.fromEntries(entries);
}

/** The moment, RFC 3339, at which what lives so long from `nowMs` on is over. */
export function expiryOf(expiresIn: number | string, nowMs: number): string {
  const [, count, unit = ''] = /^([1-9]\d{0,8})([smhdw])$/.exec(String(expiresIn)) ?? [];
  const seconds = typeof expiresIn === 'number' ? expiresIn : Number(count) * (UNIT_SECONDS[unit] ?? 0);
  if (!(seconds > 0 && seconds < MOST_SECONDS))
    throw new TypeError('expiresIn must be seconds, or a duration such as 15m, 8h or 2d.');
  return new Date(nowMs + seconds * 1000).toISOString().replace('.000Z', 'Z');
}
