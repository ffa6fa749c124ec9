// What the stand-in's coding agent delegated: a label with a label below it, an app with an identity of its own, and one that has ended.

import type { Grant, LimitState } from '../src/api/types.ts';

const HOUR_MS = 3_600_000;

interface ChildSketch {
  readonly id: string;
  readonly name: string;
  /** The home page of an app that is known; without one its parent named it. */
  readonly url?: string;
  readonly model?: string;
  readonly limit?: readonly [amount: string, settled: string, left: string];
  readonly endsInHours: number;
  readonly status?: Grant['status'];
  readonly spentUsd: string;
  readonly below?: readonly ChildSketch[];
}

const CHILDREN: readonly ChildSketch[] = [
  {
    id: 'gr_c1refactor',
    name: 'refactor the parser',
    limit: ['2', '0.7318', '1.2682'],
    endsInHours: 3.5,
    spentUsd: '0.7318',
    below: [
      {
        id: 'gr_c2runTests',
        name: 'run-tests',
        model: 'claude-haiku-4-5',
        limit: ['0.25', '0.2311', '0.0189'],
        endsInHours: 1.2,
        spentUsd: '0.2311',
      },
      { id: 'gr_c3summary', name: 'summary', endsInHours: 8, spentUsd: '0.0104' },
    ],
  },
  {
    id: 'gr_c4docReviewer',
    name: 'Doc Reviewer',
    url: 'https://reviewer.example',
    model: 'claude-sonnet-4-5',
    limit: ['5', '1.0820', '3.9180'],
    endsInHours: 40,
    spentUsd: '1.0820',
  },
  { id: 'gr_c5lint', name: 'lint', endsInHours: 12, status: 'revoked', spentUsd: '0.0450' },
];

/** What hangs below `parent`, parents before their children, as it stands at `nowMs`. */
export const mockDelegated = (parent: Grant, nowMs: number, sketches = CHILDREN): Grant[] =>
  sketches.flatMap((sketch) => {
    const child = delegated(parent, sketch, nowMs);
    return [child, ...mockDelegated(child, nowMs, sketch.below ?? [])];
  });

function delegated(parent: Grant, sketch: ChildSketch, nowMs: number): Grant {
  const { id, name, url, model, limit, endsInHours, status = 'active', spentUsd } = sketch;
  const expires = new Date(nowMs + endsInHours * HOUR_MS).toISOString();
  const provider = parent.parts[0]!.provider;
  return {
    ...parent,
    id,
    name,
    client: url ? { id: `${url}/client.json`, name, url, origin: 'metadata_document' } : parent.client,
    parent_grant_id: parent.id,
    depth: parent.depth + 1,
    actor: url ? `${url}/client.json` : `agent:${parent.id}/${name}`,
    actor_authenticated: url !== undefined,
    status,
    created_at: new Date(nowMs - HOUR_MS).toISOString(),
    expires_at: expires,
    revoked_at: status === 'revoked' ? new Date(nowMs - HOUR_MS / 2).toISOString() : null,
    authorization_details: [
      {
        type: 'ai_model_access',
        provider,
        ...(model && { models: [model] }),
        ...(limit && { limits: { total_spend: limit[0] } }),
        delegation: { max_depth: 2 - parent.depth },
        expires,
      },
    ],
    parts: [
      {
        ...parent.parts[0]!,
        limits: limit ? [totalLimit(limit)] : [],
        lines: [`Send text to ${model ?? 'the models of its parent'}`],
      },
    ],
    spent: { today_usd: spentUsd, month_usd: spentUsd, total_usd: spentUsd, calls: 12 },
    has_key_token: false,
    devices: [],
    version: 'first',
  };
}

const totalLimit = ([amount, settled, remaining]: NonNullable<ChildSketch['limit']>): LimitState => ({
  unit: 'usd',
  per: 'total',
  amount,
  settled,
  held: '0',
  remaining,
  window_ends_at: null,
  reset: null,
});
