// What is said about the programs of "Connect an app", in English: where the values go, and the one thing each is known to trip over.

/** By the id of each program. `how` is only there where no file says it. */
export const programTips: Readonly<Record<string, { readonly how?: string; readonly trap: string }>> = {
  'claude-code': {
    trap: 'Unset ANTHROPIC_API_KEY: with both set, two keys are sent and every call is refused. If you allow only some models, include a Haiku model; small calls in the background use it.',
  },
  codex: {
    trap: 'The first three lines must stand above every [table] of the file. It calls the Responses API: an account that only offers chat does not work.',
  },
  'gemini-cli': {
    trap: 'Signed in with Google it ignores these values and goes past this broker. Choose “Use Gemini API key” in /auth, or write the settings file.',
  },
  aider: { trap: 'The model’s name needs openai/ in front, or aider asks another provider.' },
  opencode: {
    trap: 'Only models listed in the file can be chosen. Keep it in your home folder: the file of a project is committed with it, token and all.',
  },
  cursor: {
    how: 'Cursor Settings › Models › API Keys: turn on “Override OpenAI Base URL”, paste base URL and token, then add the model by its name.',
    trap: 'Cursor’s servers make the calls, not your machine. This broker must be reachable from the internet over https: 127.0.0.1 or an address of your network never works.',
  },
  cline: {
    how: 'In the editor, Settings › API Provider “OpenAI Compatible”: paste base URL, token and model. In a terminal, the lines below do it.',
    trap: 'The model is typed, not chosen: write it exactly as above. Where Plan and Act use different models, fill in both.',
  },
  'qwen-code': { trap: 'Set all three: without OPENAI_MODEL it takes none of them and asks for a login.' },
  continue: {
    trap: 'Keep it in your home folder: the file of a project is committed with it, token and all. It replaces the whole list of models.',
  },
  'open-webui': {
    how: 'Admin Panel › Settings › Connections › OpenAI API: add a connection with base URL and token.',
    trap: 'In a container 127.0.0.1 is the container itself: write an address at which it reaches this broker, such as host.docker.internal.',
  },
  librechat: {
    trap: 'Both files must be mounted into the container, and there 127.0.0.1 is the container itself: write an address at which it reaches this broker.',
  },
  obsidian: {
    how: 'In a plugin that takes an “OpenAI Format” model, such as Copilot: add a custom model with base URL, token and model name.',
    trap: 'Plugins keep their settings in the vault. Whoever you sync or share the vault with may get the token: give it a small budget.',
  },
  raycast: {
    how: 'Settings › AI › Custom Providers opens the file.',
    trap: 'Use “Custom Providers”, not “Custom API Keys”: those go through Raycast’s servers, which know nothing of this address.',
  },
  'openai-sdk': {
    trap: 'The base URL ends in /v1 and no further: the SDK adds /chat/completions itself.',
  },
  'anthropic-sdk': { trap: 'The base URL has no /v1 at its end: the SDK adds it.' },
  'google-sdk': {
    trap: 'If GOOGLE_API_KEY is set, too, it wins over GEMINI_API_KEY and the call is refused. The base URL has no /v1beta at its end.',
  },
  'ai-sdk': {
    trap: 'Pass a model made by this provider. A plain name such as "openai/gpt-5" goes to Vercel’s gateway, past this broker.',
  },
  langchain: {
    trap: 'In JavaScript the address goes into configuration: { baseURL }. Anywhere else it is ignored, and the token goes to OpenAI.',
  },
  'openai-agents': {
    trap: 'Turn tracing off, as below: what the agent says and does is otherwise sent to OpenAI, past this broker, with the OPENAI_API_KEY that is set.',
  },
  'claude-agent-sdk': {
    trap: 'Pass process.env along, as below: what env says replaces the whole environment. ANTHROPIC_API_KEY must not be set in it: two keys are refused.',
  },
};

/** The words around the list and the values. */
export const programs = {
  lead: 'Choose the program. It gets its own token with its own budget, and you get the exact values to paste.',
  groups: { agents: 'Coding agents', apps: 'Chat and notes', code: 'Your own code' },
  other: 'Something else',
  otherText: 'Any program with fields for a base URL and a key',
  all: 'All programs',
  title: (program: string) => `Connect ${program}`,
  setupTool: (program: string) =>
    `Quicker in a terminal: this shows what it writes into ${program}’s own settings, asks, and makes the token itself. Or fill in the form.`,
  formLead: 'It gets its own token with its own budget.',
  needsAccount: (program: string, providers: string) => `${program} needs an AI account of ${providers}.`,
  setup: (program: string) => `Set up ${program}`,
  trap: 'Known trap',
  paste: (place: string) => `Paste ${place}`,
  pasteInstead: (place: string) => `Or ${place}`,
  shell: 'into the terminal where you start it',
  code: 'into your code',
  file: (path: string) => `into ${path}`,
  tried: {
    tests: (packageName: string, version: string) => `Tested with every change: ${packageName} ${version}.`,
    once: (packageName: string, version: string) =>
      `Tried once with these values, in November 2026, to simulated providers: ${packageName} ${version}.`,
  },
  more: (program: string) => `More about ${program}`,
  untried: 'Not tried by us: where your version differs, go by its own documentation.',
};
