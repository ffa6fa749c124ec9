// What well-known command-line agents need beyond the variables that SDKs read, by the name of the program. Every other program runs as it was
// written. A token MUST NOT be put among the arguments, which everybody on the machine can read: it stays in the environment.

import { basename } from 'node:path';
import type { BaseUrls } from '@valetkey/sdk';
import type { Dialect, Env } from './program-env.ts';

/** A program that is about to be run. */
export interface Program {
  /** Its name and its arguments. */
  readonly command: readonly string[];
  /** As `programEnv` makes it. */
  readonly env: Env;
}

/** What the program may use. */
export interface ProgramAccess {
  readonly baseUrls: BaseUrls;
  /** The one model that it may use, or null where it has a choice. */
  readonly model: string | null;
}

interface Adapter {
  /** The only dialect that the program speaks; null if it speaks several. */
  readonly dialect: Dialect | null;
  adapt(program: Program, access: ProgramAccess): Program;
}

/** Where Claude Code looks for its models, that for small work among them. */
export const CLAUDE_MODELS = [
  'ANTHROPIC_MODEL',
  'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
];

/** Claude Code asks about an API key that it does not know, and takes a token without a word. */
const claude: Adapter = {
  dialect: 'anthropic',
  adapt: ({ command, env }, { model }) => {
    const {
      ANTHROPIC_API_KEY: _key,
      CLAUDE_CODE_OAUTH_TOKEN: _login,
      CLAUDE_CODE_USE_BEDROCK: _bedrock,
      CLAUDE_CODE_USE_VERTEX: _vertex,
      ...kept
    } = env;
    return { command, env: { ...kept, ...(model && variables(CLAUDE_MODELS, model)) } };
  },
};

/** Codex reads no base URL from the environment: its settings are arguments, before its own. */
const codex: Adapter = {
  dialect: 'openai',
  adapt: ({ command: [name, ...args], env }, { baseUrls, model }) => {
    const { CODEX_API_KEY: _, ...kept } = env;
    const settings = {
      model_provider: 'valetkey',
      'model_providers.valetkey.name': 'Valetkey',
      'model_providers.valetkey.base_url': baseUrls.openai,
      'model_providers.valetkey.env_key': 'OPENAI_API_KEY',
      'model_providers.valetkey.wire_api': 'responses',
      web_search: 'disabled',
      ...(model && { model }),
    };
    // Values are TOML, whose basic strings are written as those of JSON.
    const words = Object.entries(settings).flatMap(([key, value]) => [
      '-c',
      `${key}=${JSON.stringify(value)}`,
    ]);
    return { command: [name!, ...words, ...args], env: kept };
  },
};

const gemini: Adapter = {
  dialect: 'google',
  adapt: ({ command, env }, { model }) => ({
    command,
    env: { ...env, ...(model && { GEMINI_MODEL: model }) },
  }),
};

/** By dialect: what opencode's SDK packages want behind a base URL, which differs from the providers' own. */
export const OPENCODE_PATHS: Readonly<Record<Dialect, string>> = {
  openai: '',
  anthropic: '/v1',
  google: '/v1beta',
};

const opencode: Adapter = {
  dialect: null,
  adapt: ({ command, env }, { baseUrls, model }) => {
    const dialects = Object.entries(baseUrls) as [Dialect, string][];
    const provider = Object.fromEntries(
      dialects.map(([dialect, url]) => [
        dialect,
        {
          options: { baseURL: url + OPENCODE_PATHS[dialect], apiKey: '{env:VALETKEY_TOKEN}' },
          ...(model && { models: { [model]: {} } }),
        },
      ]),
    );
    const [first] = dialects;
    const chosen = model && first && { model: `${first[0]}/${model}`, small_model: `${first[0]}/${model}` };
    return { command, env: { ...env, OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider, ...chosen }) } };
  },
};

const aider: Adapter = {
  dialect: null,
  adapt: ({ command, env }, { baseUrls, model }) => {
    const prefix = baseUrls.openai ? 'openai' : baseUrls.anthropic ? 'anthropic' : 'gemini';
    const models = ['AIDER_MODEL', 'AIDER_WEAK_MODEL'];
    return { command, env: { ...env, ...(model && variables(models, `${prefix}/${model}`)) } };
  },
};

const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  Object.entries({ claude, codex, gemini, opencode, aider }),
);

/** How the program is called wherever it lies. */
export const programName = ([command = '']: readonly string[]): string =>
  basename(command).replace(/\.(?:exe|cmd)$/i, '');

/** The only dialect that this program speaks, where that is known. */
export const dialectOf = (command: readonly string[]): Dialect | null =>
  ADAPTERS.get(programName(command))?.dialect ?? null;

/**
 * The program as it has to be run to use what it was given; unchanged where it needs no more than the variables of SDKs, or was given nothing
 * that it speaks: then its own key is its own business.
 */
export function adaptProgram(program: Program, access: ProgramAccess): Program {
  const adapter = ADAPTERS.get(programName(program.command));
  const canUse = adapter && (adapter.dialect === null || access.baseUrls[adapter.dialect] !== undefined);
  return canUse ? adapter.adapt(program, access) : program;
}

const variables = (names: readonly string[], value: string): Env =>
  Object.fromEntries(names.map((name) => [name, value]));
