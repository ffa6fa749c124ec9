// What each tool has to find in its own settings to use the broker for good: which file, which settings, and what in it would win over them.
// Where a tool can ask a command for its token, no token MUST be written; else it goes to a file that only its user can read.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Result, succeed } from '@valetkey/core';
import { CLAUDE_MODELS, OPENCODE_PATHS } from '../adapt-program.ts';
import { type Dialect, type Env, SDK_NAMES } from '../program-env.ts';
import { jsonc, membersOf } from './jsonc.ts';
import { envLines, namesIn, whole, yamlLines } from './lines.ts';
import type { Format, Setting } from './text-edit.ts';
import { toml } from './toml.ts';

/** A file of a tool's settings, and what it shall say. */
export interface ToolFile {
  readonly path: string;
  readonly format: Format;
  readonly settings: readonly Setting[];
  /** What in its text would win over them; fails with what is wrong with the text. */
  readonly rivals?: (text: string) => Result<readonly string[], string>;
  /** Whether a token will be in it. */
  readonly isSecret?: boolean;
}

/** What a tool is given. */
export interface ToolAccess {
  readonly baseUrl: string;
  readonly dialect: Dialect;
  /** The one model that it may use, or null where it has a choice. */
  readonly model: string | null;
  /** The words of the command that prints a token. */
  readonly helper: readonly string[];
  /** The token, for tools that can ask no command. */
  readonly token: string;
  /** A folder for files of our own. */
  readonly folder: string;
  readonly env: Env;
}

/** A tool that can be set up. */
export interface Tool {
  readonly title: string;
  /** The only dialect that it speaks here; null for any. */
  readonly dialect: Dialect | null;
  readonly asksCommand: boolean;
  readonly files: (access: ToolAccess) => readonly ToolFile[];
}

/** How long a tool keeps a token before it asks again; tokens live twice as long, so that no call outlives its token. */
const REFRESH_MS = 30 * 60 * 1000;
/** `npx` may have to look for the package first. */
const PATIENCE_MS = 60_000;

const home = (env: Env, ...names: string[]): string => join(env.HOME || homedir(), ...names);
const configHome = (env: Env): string => env.XDG_CONFIG_HOME || home(env, '.config');

const CLAUDE_RIVALS = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
].map((name) => ['env', name]);

const claude: Tool = {
  title: 'Claude Code',
  dialect: 'anthropic',
  asksCommand: true,
  files: ({ env, baseUrl, helper, model }) => [
    {
      path: join(env.CLAUDE_CONFIG_DIR || home(env, '.claude'), 'settings.json'),
      format: jsonc,
      settings: [
        [['env', 'ANTHROPIC_BASE_URL'], baseUrl],
        [['env', 'CLAUDE_CODE_API_KEY_HELPER_TTL_MS'], String(REFRESH_MS)],
        ...(model ? CLAUDE_MODELS.map((name): Setting => [['env', name], model]) : []),
        [['apiKeyHelper'], helper.join(' ')],
      ],
      rivals: (text) => membersOf(text, CLAUDE_RIVALS),
    },
  ],
};

const codex: Tool = {
  title: 'Codex',
  dialect: 'openai',
  asksCommand: true,
  files: ({ env, baseUrl, helper: [command, ...args], model }) => [
    {
      path: join(env.CODEX_HOME || home(env, '.codex'), 'config.toml'),
      format: toml,
      settings: [
        [['model_provider'], 'valetkey'],
        // A grant does not include the tools that the provider runs.
        [['web_search'], 'disabled'],
        ...(model ? [[['model'], model] as const] : []),
        [['model_providers', 'valetkey', 'name'], 'Valetkey'],
        [['model_providers', 'valetkey', 'base_url'], baseUrl],
        [['model_providers', 'valetkey', 'wire_api'], 'responses'],
        [['model_providers', 'valetkey', 'auth', 'command'], command!],
        [['model_providers', 'valetkey', 'auth', 'args'], args],
        [['model_providers', 'valetkey', 'auth', 'timeout_ms'], PATIENCE_MS],
        [['model_providers', 'valetkey', 'auth', 'refresh_interval_ms'], REFRESH_MS],
      ],
    },
  ],
};

const gemini: Tool = {
  title: 'Gemini CLI',
  dialect: 'google',
  asksCommand: false,
  files: ({ env, baseUrl, token, model }) => [
    {
      path: home(env, '.gemini', 'settings.json'),
      format: jsonc,
      settings: [
        [['security', 'auth', 'selectedType'], 'gemini-api-key'],
        ...(model ? [[['model', 'name'], model] as const] : []),
      ],
    },
    {
      path: home(env, '.gemini', '.env'),
      format: envLines,
      settings: [
        [['GEMINI_API_KEY'], token],
        [['GOOGLE_GEMINI_BASE_URL'], baseUrl],
      ],
      rivals: (text) => succeed(namesIn(text, SDK_NAMES.google.rivals)),
      isSecret: true,
    },
  ],
};

const opencode: Tool = {
  title: 'opencode',
  dialect: null,
  asksCommand: false,
  files: ({ env, baseUrl, dialect, token, folder, model }) => {
    const settings = join(configHome(env), 'opencode', 'opencode.json');
    const tokenFile = join(folder, 'opencode.token');
    const options = ['provider', dialect, 'options'];
    return [
      {
        path: existsSync(`${settings}c`) ? `${settings}c` : settings,
        format: jsonc,
        settings: [
          [[...options, 'baseURL'], baseUrl + OPENCODE_PATHS[dialect]],
          [[...options, 'apiKey'], `{file:${tokenFile}}`],
          ...(model ? ['model', 'small_model'].map((name): Setting => [[name], `${dialect}/${model}`]) : []),
        ],
      },
      { path: tokenFile, format: whole, settings: [[[], `${token}\n`]], isSecret: true },
    ];
  },
};

const AIDER_PREFIXES: Readonly<Record<Dialect, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'gemini',
};

const aider: Tool = {
  title: 'aider',
  dialect: null,
  asksCommand: false,
  files: ({ env, baseUrl, dialect, token, folder, model }) => {
    const envFile = join(folder, 'aider.env');
    const { keys, bases } = SDK_NAMES[dialect];
    const lines = [...keys.map((name) => `${name}=${token}`), ...bases.map((name) => `${name}=${baseUrl}`)];
    const named = `${AIDER_PREFIXES[dialect]}/${model}`;
    return [
      {
        path: home(env, '.aider.conf.yml'),
        format: yamlLines,
        settings: [
          [['env-file'], envFile],
          ...(model ? ['model', 'weak-model'].map((name): Setting => [[name], named]) : []),
        ],
      },
      { path: envFile, format: whole, settings: [[[], `${lines.join('\n')}\n`]], isSecret: true },
    ];
  },
};

/** By the name of the program. */
export const TOOLS: ReadonlyMap<string, Tool> = new Map(
  Object.entries({ claude, codex, gemini, opencode, aider }),
);
