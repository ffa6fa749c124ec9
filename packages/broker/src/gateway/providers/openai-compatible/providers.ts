// Providers that speak the OpenAI dialect, by configuration alone. Fields are each provider's own, from its API reference.

import type { Provider } from '../../contract.ts';
import { harmless, noting, type Rule, refused } from '../reading/rules.ts';
import { steers } from '../reading/steering.ts';
import { addTool } from '../reading/walk.ts';
import { type CompatibleConfig, compatibleProvider } from './compatible-provider.ts';

/** A field that lets the model search the web as often as it likes. */
const liveSearch: Rule = noting((walk) => addTool(walk, 'web_search', false));

const CONFIGS: readonly CompatibleConfig[] = [
  {
    name: 'mistral',
    label: 'Mistral',
    origin: 'https://api.mistral.ai',
    offers: ['chat', 'embeddings'],
    // It refuses `stream_options`, and always reports usage.
    usageOnRequest: false,
    chatFields: harmless('random_seed safe_prompt prompt_mode'),
  },
  {
    name: 'groq',
    label: 'Groq',
    origin: 'https://api.groq.com',
    basePath: '/openai',
    offers: ['chat'],
    keyPrefix: 'gsk_',
    capField: 'max_completion_tokens',
    serviceTiers: { auto: [], on_demand: [], flex: [] },
    chatFields: {
      ...harmless('citation_options disable_tool_validation'),
      search_settings: liveSearch,
      ...steers('compound_custom'),
    },
  },
  {
    name: 'together',
    label: 'Together AI',
    origin: 'https://api.together.xyz',
    offers: ['chat', 'completions', 'embeddings'],
    // `safety_model` is a second model.
    chatFields: { ...harmless('context_length_exceeded_behavior compliance'), ...steers('safety_model') },
  },
  {
    name: 'deepseek',
    label: 'DeepSeek',
    origin: 'https://api.deepseek.com',
    offers: ['chat'],
    keyPrefix: 'sk-',
  },
  {
    name: 'xai',
    label: 'xAI',
    origin: 'https://api.x.ai',
    offers: ['chat'],
    keyPrefix: 'xai-',
    capField: 'max_completion_tokens',
    chatFields: {
      search_parameters: liveSearch,
      deferred: refused('would go on working without a connection'),
    },
  },
  {
    name: 'openrouter',
    label: 'OpenRouter',
    origin: 'https://openrouter.ai',
    basePath: '/api',
    offers: ['chat', 'completions', 'embeddings'],
    keyPrefix: 'sk-or-',
    chatFields: harmless('usage session_id trace structured_outputs image_config'),
  },
  {
    name: 'fireworks',
    label: 'Fireworks AI',
    origin: 'https://api.fireworks.ai',
    basePath: '/inference',
    offers: ['chat', 'completions', 'embeddings'],
    chatFields: harmless(`
      context_length_exceeded_behavior prompt_truncate_len ignore_eos mirostat_lr mirostat_target
      perf_metrics_in_response raw_output return_token_ids`),
  },
  {
    name: 'ollama',
    label: 'Ollama',
    origin: 'http://127.0.0.1:11434',
    offers: ['chat', 'completions', 'embeddings'],
    keyRequired: false,
  },
  {
    name: 'vllm',
    label: 'vLLM',
    origin: 'http://127.0.0.1:8000',
    offers: ['chat', 'responses', 'completions', 'embeddings'],
    keyRequired: false,
    chatFields: harmless(`
      ignore_eos include_stop_str_in_output spaces_between_special_tokens length_penalty bad_words
      truncate_prompt_tokens prompt_logprobs echo add_generation_prompt continue_final_message
      add_special_tokens documents chat_template structured_outputs priority allowed_token_ids`),
  },
  {
    // A simulated model inside the broker: where it listens is known once it does.
    name: 'sandbox',
    label: 'Sandbox (simulated)',
    origin: 'http://127.0.0.1:0',
    offers: ['chat', 'responses', 'embeddings'],
    keyRequired: false,
  },
];

/** All of them. */
export const compatibleProviders: readonly Provider[] = CONFIGS.map(compatibleProvider);
