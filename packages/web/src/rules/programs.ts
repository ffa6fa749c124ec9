// The programs that "Connect an app" knows: which APIs each speaks, and what to write where, with the person's own values. What is said
// about them in words stands with the messages. Code is written as JSON strings or in single shell quotes, so that no value can break out.

import type { CreatedGrant, Dialect, Provider } from '../api/types.ts';
import { anthropicCode, googleCode, js, openaiCode, shell } from './snippets.ts';

/** What a program is given: `baseUrl` already ends as this program wants it. */
export interface ProgramValues {
  readonly dialect: Dialect;
  readonly baseUrl: string;
  readonly token: string;
  readonly model: string;
}

/** Something to paste, and where: a file by its path, `shell` for a terminal, `code` for a program of one's own. */
export interface SetupStep {
  readonly where: string;
  readonly code: string;
  /** It does the same as the step before it: one of the two is enough. */
  readonly isInstead?: true;
}

/** A program. `dialects` are the APIs it speaks, the usual one first. */
export interface Program {
  readonly id: string;
  /** Its name, in every language. */
  readonly name: string;
  readonly group: 'agents' | 'apps' | 'code';
  readonly dialects: readonly Dialect[];
  /** The package that was driven with these values: by this repository's tests, or once by hand; null: nobody here has tried it. */
  readonly tried: readonly [name: string, version: string, how: 'tests' | 'once'] | null;
  /** What follows the base URL of a dialect for this program alone. */
  readonly suffix?: Partial<Record<Dialect, string>>;
  /** What `valetkey setup` calls it, where that can write its settings. */
  readonly setup?: string;
  /** None where the values are typed into a form. */
  readonly steps?: (values: ProgramValues) => readonly SetupStep[];
}

const inShell = (values: Readonly<Record<string, string>>, ...then: readonly string[]): SetupStep => ({
  where: 'shell',
  code: [...Object.entries(values).map(([name, value]) => `export ${name}=${shell(value)}`), ...then].join(
    '\n',
  ),
});

const jsonFile = (where: string, content: object): SetupStep => ({
  where,
  code: JSON.stringify(content, null, 2),
});

const untried = { tried: null, dialects: ['openai'] } as const;

/** Every program, in the order of the list. */
export const PROGRAMS: readonly Program[] = [
  {
    ...untried,
    tried: ['@anthropic-ai/claude-code', '2.1.330', 'once'],
    id: 'claude-code',
    setup: 'claude',
    name: 'Claude Code',
    group: 'agents',
    dialects: ['anthropic'],
    steps: ({ baseUrl, token }) => {
      const env = { ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_AUTH_TOKEN: token };
      return [
        inShell(env, 'unset ANTHROPIC_API_KEY', 'claude'),
        { ...jsonFile('~/.claude/settings.json', { env }), isInstead: true },
      ];
    },
  },
  {
    ...untried,
    tried: ['@openai/codex', '0.169.0', 'once'],
    id: 'codex',
    setup: 'codex',
    name: 'Codex',
    group: 'agents',
    steps: ({ baseUrl, token, model }) => [
      {
        where: '~/.codex/config.toml',
        code: `model = ${js(model)}
model_provider = "valetkey"
web_search = "disabled"

[model_providers.valetkey]
name = "Valetkey"
base_url = ${js(baseUrl)}
env_key = "VALETKEY_TOKEN"
wire_api = "responses"`,
      },
      inShell({ VALETKEY_TOKEN: token }, 'codex'),
    ],
  },
  {
    ...untried,
    tried: ['@google/gemini-cli', '0.61.0', 'once'],
    id: 'gemini-cli',
    setup: 'gemini',
    name: 'Gemini CLI',
    group: 'agents',
    dialects: ['google'],
    steps: ({ baseUrl, token }) => [
      inShell({ GOOGLE_GEMINI_BASE_URL: baseUrl, GEMINI_API_KEY: token }, 'gemini'),
      jsonFile('~/.gemini/settings.json', { security: { auth: { selectedType: 'gemini-api-key' } } }),
    ],
  },
  {
    ...untried,
    id: 'aider',
    setup: 'aider',
    name: 'aider',
    group: 'agents',
    steps: ({ baseUrl, token, model }) => [
      inShell(
        { OPENAI_API_BASE: baseUrl, OPENAI_API_KEY: token },
        `aider --model ${shell(`openai/${model}`)}`,
      ),
    ],
  },
  {
    ...untried,
    tried: ['opencode-ai', '1.18.33', 'once'],
    id: 'opencode',
    setup: 'opencode',
    name: 'opencode',
    group: 'agents',
    steps: ({ baseUrl, token, model }) => [
      jsonFile('~/.config/opencode/opencode.json', {
        $schema: 'https://opencode.ai/config.json',
        provider: {
          valetkey: {
            npm: '@ai-sdk/openai-compatible',
            name: 'Valetkey',
            options: { baseURL: baseUrl, apiKey: token },
            models: { [model]: { name: model } },
          },
        },
        model: `valetkey/${model}`,
      }),
    ],
  },
  { ...untried, id: 'cursor', name: 'Cursor', group: 'agents' },
  {
    ...untried,
    tried: ['cline', '3.0.65', 'once'],
    id: 'cline',
    name: 'Cline',
    group: 'agents',
    steps: ({ baseUrl, token, model }) => [
      {
        where: 'shell',
        code: `cline auth openai-compatible --baseurl ${shell(baseUrl)} --apikey ${shell(token)} --modelid ${shell(model)}
cline`,
      },
    ],
  },
  {
    ...untried,
    tried: ['@qwen-code/qwen-code', '0.24.4', 'once'],
    id: 'qwen-code',
    name: 'Qwen Code',
    group: 'agents',
    steps: ({ baseUrl, token, model }) => [
      inShell({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: token, OPENAI_MODEL: model }, 'qwen'),
    ],
  },
  {
    ...untried,
    tried: ['@continuedev/cli', '1.5.47', 'once'],
    id: 'continue',
    name: 'Continue',
    group: 'agents',
    steps: ({ baseUrl, token, model }) => [
      {
        where: '~/.continue/config.yaml',
        code: `name: Valetkey
version: 1.0.0
schema: v1
models:
  - name: ${js(model)}
    provider: openai
    model: ${js(model)}
    apiBase: ${js(baseUrl)}
    apiKey: ${js(token)}
    roles: [chat, edit, apply]`,
      },
    ],
  },
  { ...untried, id: 'open-webui', name: 'Open WebUI', group: 'apps' },
  {
    ...untried,
    id: 'librechat',
    name: 'LibreChat',
    group: 'apps',
    steps: ({ baseUrl, token, model }) => [
      {
        where: 'librechat.yaml',
        code: `version: 1.2.1
endpoints:
  custom:
    - name: "Valetkey"
      apiKey: "\${VALETKEY_TOKEN}"
      baseURL: ${js(baseUrl)}
      models:
        default: [${js(model)}]
        fetch: true
      titleConvo: true
      titleModel: ${js(model)}`,
      },
      { where: '.env', code: `VALETKEY_TOKEN=${token}` },
    ],
  },
  { ...untried, id: 'obsidian', name: 'Obsidian', group: 'apps' },
  {
    ...untried,
    id: 'raycast',
    name: 'Raycast',
    group: 'apps',
    steps: ({ baseUrl, token, model }) => [
      {
        where: '~/.config/raycast/ai/providers.yaml',
        code: `providers:
  - id: valetkey
    name: Valetkey
    base_url: ${js(baseUrl)}
    api_keys:
      valetkey: ${js(token)}
    models:
      - id: ${js(model)}
        name: ${js(model)}
        context: 128000`,
      },
    ],
  },
  {
    id: 'openai-sdk',
    name: 'OpenAI SDK',
    group: 'code',
    dialects: ['openai'],
    tried: ['openai', '7.57.0', 'tests'],
    steps: (values) => [
      { where: 'code', code: openaiCode(values, values.baseUrl) },
      { ...inShell({ OPENAI_BASE_URL: values.baseUrl, OPENAI_API_KEY: values.token }), isInstead: true },
    ],
  },
  {
    id: 'anthropic-sdk',
    name: 'Anthropic SDK',
    group: 'code',
    dialects: ['anthropic'],
    tried: ['@anthropic-ai/sdk', '1.12.0', 'tests'],
    steps: (values) => [
      { where: 'code', code: anthropicCode(values, values.baseUrl) },
      {
        ...inShell({ ANTHROPIC_BASE_URL: values.baseUrl, ANTHROPIC_API_KEY: values.token }),
        isInstead: true,
      },
    ],
  },
  {
    id: 'google-sdk',
    name: 'Google SDK',
    group: 'code',
    dialects: ['google'],
    tried: ['@google/genai', '3.1.0', 'tests'],
    steps: (values) => [
      { where: 'code', code: googleCode(values, values.baseUrl) },
      {
        ...inShell({ GOOGLE_GEMINI_BASE_URL: values.baseUrl, GEMINI_API_KEY: values.token }),
        isInstead: true,
      },
    ],
  },
  {
    id: 'ai-sdk',
    name: 'AI SDK',
    group: 'code',
    dialects: ['openai', 'anthropic', 'google'],
    tried: ['ai', '7.0.173', 'tests'],
    suffix: { anthropic: '/v1', google: '/v1beta' },
    steps: (values) => [{ where: 'code', code: aiSdkCode(values) }],
  },
  {
    id: 'langchain',
    name: 'LangChain',
    group: 'code',
    dialects: ['openai'],
    tried: ['@langchain/openai', '1.6.0', 'once'],
    steps: ({ baseUrl, token, model }) => [
      {
        where: 'code',
        code: `from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url=${js(baseUrl)},
    api_key=${js(token)},
    model=${js(model)},
)
print(model.invoke("Say hello").content)`,
      },
      {
        where: 'code',
        isInstead: true,
        code: `import { ChatOpenAI } from '@langchain/openai';

const model = new ChatOpenAI({
  model: ${js(model)},
  apiKey: ${js(token)},
  configuration: { baseURL: ${js(baseUrl)} },
});
console.log((await model.invoke('Say hello')).content);`,
      },
    ],
  },
  {
    ...untried,
    tried: ['@openai/agents', '0.20.0', 'once'],
    id: 'openai-agents',
    name: 'OpenAI Agents SDK',
    group: 'code',
    steps: ({ baseUrl, token, model }) => [
      {
        where: 'code',
        code: `import { Agent, run, setDefaultOpenAIClient, setTracingDisabled } from '@openai/agents';
import OpenAI from 'openai';

setTracingDisabled(true);
setDefaultOpenAIClient(
  new OpenAI({
    baseURL: ${js(baseUrl)},
    apiKey: ${js(token)},
  }),
);

const agent = new Agent({ name: 'Greeter', model: ${js(model)} });
const { finalOutput } = await run(agent, 'Say hello');
console.log(finalOutput);`,
      },
    ],
  },
  {
    ...untried,
    tried: ['@anthropic-ai/claude-agent-sdk', '0.3.330', 'once'],
    id: 'claude-agent-sdk',
    name: 'Claude Agent SDK',
    group: 'code',
    dialects: ['anthropic'],
    steps: ({ baseUrl, token, model }) => [
      {
        where: 'code',
        code: `import { query } from '@anthropic-ai/claude-agent-sdk';

const env = {
  ...process.env,
  ANTHROPIC_BASE_URL: ${js(baseUrl)},
  ANTHROPIC_AUTH_TOKEN: ${js(token)},
  ANTHROPIC_API_KEY: undefined,
};

const options = { env, model: ${js(model)} };
for await (const message of query({ prompt: 'Say hello', options }))
  if (message.type === 'result') console.log(message.result);`,
      },
    ],
  },
];

const AI_SDK_MODELS = {
  openai: ['createOpenAI', '.chat'],
  anthropic: ['createAnthropic', ''],
  google: ['createGoogleGenerativeAI', ''],
} as const satisfies Record<Dialect, readonly [string, string]>;

function aiSdkCode({ dialect, baseUrl, token, model }: ProgramValues): string {
  const [create, kind] = AI_SDK_MODELS[dialect];
  return `import { ${create} } from '@ai-sdk/${dialect}';
import { generateText } from 'ai';

const valetkey = ${create}({
  baseURL: ${js(baseUrl)},
  apiKey: ${js(token)},
});

const { text } = await generateText({
  model: valetkey${kind}(${js(model)}),
  prompt: 'Say hello',
});
console.log(text);`;
}

/** The program of that id; undefined for one that is not known. */
export const findProgram = (id: string | undefined): Program | undefined =>
  PROGRAMS.find((program) => program.id === id);

/** The providers that a program can be connected to. Without a program: all. */
export const providersFor = (
  program: Program | undefined,
  providers: readonly Provider[],
): readonly Provider[] =>
  program ? providers.filter(({ dialect }) => program.dialects.includes(dialect)) : providers;

/** The base URL as this program wants it, with the API that is spoken there. */
export function programUrl(
  { dialects, suffix }: Program,
  { base_url, base_urls }: Pick<CreatedGrant, 'base_url' | 'base_urls'>,
): Pick<ProgramValues, 'dialect' | 'baseUrl'> {
  const dialect = dialects.find((each) => base_urls[each] !== undefined) ?? 'openai';
  return { dialect, baseUrl: (base_urls[dialect] ?? base_url) + (suffix?.[dialect] ?? '') };
}
