// POST /chat/completions.

import type { Operation } from '../../contract.ts';
import { object } from '../reading/rules.ts';
import { addTool } from '../reading/walk.ts';
import { chatFields } from './chat-fields.ts';
import type { OpenAiFlavour } from './flavour.ts';
import { generation } from './generation.ts';

/** Models that search the web whether or not they are asked to: OpenAI's, OpenRouter's `:online`, Groq's `compound`. */
const SEARCH_MODEL = /-search-(?:preview|api)|:online$|(?:^|\/)compound/;

/** Chat completions of one provider. */
export const chatCompletions = (flavour: OpenAiFlavour): Operation =>
  generation({
    flavour,
    name: 'chat.completions',
    path: '/chat/completions',
    capability: 'chat',
    check: object(chatFields(flavour), 'model', 'messages'),
    capFields: ['max_completion_tokens', 'max_tokens'],
    capField: flavour.capField,
    outputs: ({ n }) => (typeof n === 'number' ? n : 1),
    noteModel: (walk) => {
      if (flavour.writesCache(walk.model)) walk.inputKinds.add('cache_write_5m');
      if (SEARCH_MODEL.test(walk.model)) addTool(walk, 'web_search', false);
    },
  });
