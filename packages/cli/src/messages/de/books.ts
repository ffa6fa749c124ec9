// Words about usage, logs, calls and prices, in German.

import type { Translated } from '@valetkey/core';
import type { books as english } from '../en/books.ts';

/** German. */
export const books: Translated<typeof english> = {
  countWanted: (flag, most) => `${flag} muss eine ganze Zahl von 1 bis ${most} sein`,
  spending: {
    summary: 'Zeigen, was ausgegeben wurde, nach Apps und zusammen',
    days: 'wie viele Tage der Teil by_day von --json umfasst (sonst: 30)',
    together: 'alle zusammen',
  },
  usageImport: {
    summary: 'Den Nutzungsexport eines Anbieters mit Ihrem Journal vergleichen, nach Tag und Modell',
    provider: 'wessen Export es ist: openai oder anthropic',
    providerWanted: '--provider muss openai oder anthropic sein',
    unreadable: (file, problem) => `${file}: ${problem}`,
    period: (format, first, last) => `${format}, ${first} bis ${last}, UTC.`,
    notWhole: 'Der Export sagt, dass er eine weitere Seite hat: Er ist nicht vollständig.',
    nothing: 'Nichts zu vergleichen.',
  },
  usageExport: {
    openaiCosts: 'OpenAI-Kosten',
    openaiCostsCsv: 'OpenAI-Kosten (CSV)',
    openaiUsage: 'OpenAI-Nutzung',
    anthropicCosts: 'Anthropic-Kostenbericht',
    anthropicCostsCsv: 'Anthropic-Kosten (CSV)',
    anthropicUsage: 'Anthropic-Nutzungsbericht',
    anthropicUsageCsv: 'Anthropic-Nutzung (CSV)',
    noModelName: '(kein Modell)',
    noRows: 'hat keine Zeilen',
    noneOf: (formats) => `ist nichts von: ${formats.join(', ')}`,
    notJson: 'ist kein gültiges JSON',
    noData: 'hat kein `data`, wie es eine Seite eines Berichts hat',
    row: (number, problem) => `Zeile ${number}: ${problem}`,
    noDay: 'hat keinen Tag',
    noModel: 'hat kein Modell',
    notByModel: 'hat kein Modell: Exportieren Sie nach Modell',
    noUsd: 'hat keinen Betrag in US-Dollar',
  },
  logs: {
    summary: 'Die letzten Aufrufe zeigen: wer, was, Ergebnis, Kosten',
    last: 'wie viele (sonst: 20)',
    follow: 'danach jeden Aufruf zeigen, sobald er endet, bis Strg-C',
    app: 'nur die einer App',
    tree: 'mit --app: auch die von allem, was davon weitergegeben wurde',
    status: 'nur die mit diesem Status: settled, refused, ceiling, ...',
    provider: 'nur die an einen Anbieter',
    model: 'nur die, die ein bestimmtes Modell verlangten',
    from: 'nur die ab diesem UTC-Tag, etwa 2026-11-23',
    to: 'nur die bis zu diesem UTC-Tag',
    treeNeedsApp: '--tree braucht --app',
    none: 'Noch kein Aufruf.',
    tooMany: 'Es waren mehr Aufrufe, als sich mitverfolgen lassen: Einige fehlen hier.',
  },
  callsCorrect: { summary: 'Einmalig berichtigen, was ein unbestätigter Aufruf gekostet hat' },
  pricesCheck: {
    summary: 'Verlangte Modelle ohne Preis auflisten, und was die Preisdatei festlegt',
    price: {
      none: 'kein Preis',
      current: 'aus der Datei',
      replaced: 'ersetzt',
      future: 'aus der Datei, später',
    },
    allPriced: (calls) =>
      calls === 1
        ? 'Das Modell des letzten Aufrufs hat einen Preis.'
        : `Jedes Modell der letzten ${calls} Aufrufe hat einen Preis.`,
  },
  pricesShow: {
    summary: 'Zeigen, was ein Modell kostet',
    perMillion: (usd) => `$${usd} je Million`,
    above: (meter, tokens) => `${meter} über ${tokens} Token`,
    tier: (name) => `Tarif ${name}`,
    times: (factor) => `mal ${factor}`,
  },
  ledgerCompare: { summary: 'Den laufenden Broker mit Ihrem Journal vergleichen' },
};
