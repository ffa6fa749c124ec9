// The tools of the MCP server: what an agent can do with its own grant. It can look, make narrower children, and end those; it MUST NOT be
// able to end anything else, or to read the token that it acts with.

import type { Access, Budget, ChildAccess, ListedChild } from '@valetkey/sdk';
import { z } from 'zod';
import * as shapes from './shapes.ts';
import type { TokenFiles } from './token-files.ts';
import { defineTool } from './tool.ts';

/** What the tools act on. */
export interface ToolDeps {
  readonly access: Access;
  /** Where tokens of children go; null to answer them. */
  readonly tokenFiles: TokenFiles | null;
}

const READS = { readOnlyHint: true, openWorldHint: false };

const wireBudget = (budget: Budget | null) =>
  budget && {
    used_usd: budget.usedUsd,
    reserved_usd: budget.reservedUsd,
    remaining_usd: budget.remainingUsd,
  };

const wireChild = ({ grantId, name, status, expiresAt }: ListedChild) => ({
  grant_id: grantId,
  name,
  status,
  expires_at: expiresAt?.toISOString() ?? null,
});

/** `whoami` */
export const whoami = ({ access }: ToolDeps) =>
  defineTool({
    name: 'whoami',
    title: 'What this agent may use',
    description:
      'The AI access of this agent: providers, models, limits, whether it may delegate (delegation.max_depth), base URLs for SDKs, and the ' +
      'children it has made that still live. Look here before you delegate.',
    input: {},
    output: {
      grant_id: z.string(),
      parent_grant_id: z.string().nullable(),
      delegation_depth: z.number().describe('How many delegations lead to it; 0: its owner gave it'),
      status: z.string(),
      access: z.array(shapes.access),
      base_urls: shapes.baseUrls,
      budget: shapes.budget,
      children: z.array(
        z.object({ grant_id: z.string(), name: z.string(), status: z.string(), expires_at: shapes.endsAt }),
      ),
    },
    annotations: READS,
    async act() {
      const [grant, children] = await Promise.all([access.whoami(), access.children()]);
      return {
        grant_id: grant.grantId,
        parent_grant_id: grant.parentGrantId,
        delegation_depth: grant.depth,
        status: grant.status,
        access: grant.access,
        base_urls: grant.baseUrls,
        budget: wireBudget(grant.budget),
        children: children.map(wireChild),
      };
    },
  });

/** `budget` */
export const budget = ({ access }: ToolDeps) =>
  defineTool({
    name: 'budget',
    title: 'What is left to spend',
    description:
      'What has been spent of the tightest money limit of this agent or of whoever it got its access from, what is set aside for calls that are ' +
      'running, and what is left, in exact USD. Children spend from the same money.',
    input: {},
    output: { budget: shapes.budget },
    annotations: READS,
    act: async () => ({ budget: wireBudget(await access.budget()) }),
  });

const TOKEN_GOES: Record<'answer' | 'file', string> = {
  answer:
    'The answer holds its token, once: hand it to the worker as the API key of its SDK, with the base URL, and put it nowhere else.',
  file: 'Its token is in token_file, which only this user can read: hand the worker the path, as the place of the API key of its SDK.',
};

/** `delegate` */
export const delegate = ({ access, tokenFiles }: ToolDeps) =>
  defineTool({
    name: 'delegate',
    title: 'Give a worker a part of this access',
    description: `Makes a child of this agent’s access for a worker or sub-agent that calls models: narrower, with a limit and an end of its own. What the child spends counts here, too; it ends with this access. ${TOKEN_GOES[tokenFiles ? 'file' : 'answer']} Revoke it when the worker is done.`,
    input: shapes.childInput,
    output: {
      grant_id: z.string().describe('For revoke'),
      token: z.string().optional(),
      token_file: z.string().optional(),
      base_urls: shapes.baseUrls,
      expires_at: shapes.endsAt,
      access: z.array(shapes.access).describe('What it may do in the end'),
    },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    async act({ name, depth = 0, ...rest }) {
      const child = await access.delegate({ ...commonOf(rest), name, depth });
      const { grantId, token, baseUrls, expiresAt } = child;
      return {
        grant_id: grantId,
        ...(tokenFiles
          ? { token_file: await keepToken(tokenFiles, grantId, token, child.revoke) }
          : { token }),
        base_urls: baseUrls,
        expires_at: expiresAt?.toISOString() ?? null,
        access: child.access,
      };
    },
  });

/** What a model says, in the package's words. */
function commonOf({ limit_usd, expires_in, ...named }: shapes.CommonInput): ChildAccess {
  const said = Object.entries({ ...named, limit: limit_usd, expiresIn: expires_in });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

/** The path of the token; a child whose token nobody has MUST NOT live on. */
async function keepToken(
  files: TokenFiles,
  grantId: string,
  token: string,
  revoke: () => Promise<void>,
): Promise<string> {
  try {
    return files.write(grantId, token);
  } catch (error) {
    await revoke();
    throw error;
  }
}

/** `request_more` */
export const requestMore = ({ access }: ToolDeps) =>
  defineTool({
    name: 'request_more',
    title: 'Ask the owner for more',
    description:
      'Asks the person who gave this access for a higher limit, more models or more time. Only a person can allow it: tell the user the url in the ' +
      'answer, where they decide. Ask once; asking the same again answers what has become of it. Go on without more if it is denied.',
    input: shapes.moreInput,
    output: {
      request_id: z.string(),
      status: z.enum(['pending', 'allowed', 'denied', 'withdrawn', 'expired']),
      url: z.string().describe('Where the person decides'),
      expires_at: shapes.endsAt,
    },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async act(input) {
      const { reason, max_delegation_depth: depth, ...rest } = input;
      const { requestId, status, url, expiresAt } = await access.requestMore({
        ...commonOf(rest),
        message: reason,
        ...(depth !== undefined && { depth }),
      });
      return { request_id: requestId, status, url, expires_at: expiresAt.toISOString() };
    },
  });

/** `revoke` */
export const revoke = ({ access, tokenFiles }: ToolDeps) =>
  defineTool({
    name: 'revoke',
    title: 'End the access of a worker',
    description:
      'Ends a child that this agent made, and everything below it, at once and for ever; calls that are running are cut. Ended before is ended. ' +
      'Nothing but its own children can be ended.',
    input: { grant_id: z.string().describe('A child of this agent, from delegate or whoami') },
    output: { grant_id: z.string(), ended: z.literal(true) },
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    async act({ grant_id }) {
      await access.revokeChild(grant_id);
      tokenFiles?.remove(grant_id);
      return { grant_id, ended: true };
    },
  });
