// The most tokens one image can be billed as by OpenAI's models.
// Source: OpenAI's guide "Images and vision", calculating costs: tile models at most 85 + 170 x 8 tiles, patch models at most 1,536 patches
// (2,500 in newer ones, 10,000 with detail `original`) times at most 2.46; gpt-4o-mini counts 2,833 + 5,667 a tile.

const MINI = { low: 2_833, high: 2_833 + 5_667 * 8 };
const KNOWN_FAMILY = /^(?:gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-5(?:-|$|\.[0-3])|o[134])/;
const KNOWN_FAMILY_MOST = 4_096;
const ANY_MODEL_MOST = 24_600;

/** Most tokens of one image; a model that is not known counts at the most of any. */
export function openAiImageTokens(model: string, detail: string | undefined): number {
  if (model.startsWith('gpt-4o-mini')) return detail === 'low' ? MINI.low : MINI.high;
  return detail !== 'original' && KNOWN_FAMILY.test(model) ? KNOWN_FAMILY_MOST : ANY_MODEL_MOST;
}
