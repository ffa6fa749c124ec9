// Spend by day: bars drawn by hand, and the same figures as a table. Which of the two is shown belongs to the page's URL.

import type { DaySpend } from '../api/types.ts';
import { formatCount } from '../format/limit.ts';
import { formatUsd, formatUsdFine } from '../format/money.ts';
import { shortDay } from '../format/time.ts';
import { t } from '../messages/messages.ts';
import { type Chart, layOutChart } from '../rules/chart.ts';
import { LedgerHead } from './ledger-head.tsx';

const LABEL_EVERY = 7;

interface DayChartProps {
  readonly days: readonly DaySpend[];
  readonly asTable: boolean;
}

/** The chart, or its table twin. */
export function DayChart({ days, asTable }: DayChartProps) {
  const chart = layOutChart(days);
  if (asTable) return <DayTable chart={chart} />;
  return <DayBars chart={chart} />;
}

function DayBars({ chart }: { readonly chart: Chart }) {
  const { bars, highest } = chart;
  const summary = highest
    ? t.home.chartSummary(formatUsd(chart.totalUsd), formatUsd(highest.usd), shortDay(highest.day))
    : t.home.chartEmpty;
  return (
    <div className="figures">
      <div className="flex items-center gap-3 text-xs text-muted">
        <span>{formatUsd(chart.topUsd)}</span>
        <span className="h-px flex-1 bg-line" />
      </div>
      <svg
        role="img"
        aria-label={summary}
        viewBox={`0 0 ${bars.length * 10} 100`}
        preserveAspectRatio="none"
        className="block h-36 w-full border-b border-edge"
      >
        {bars.map((bar, index) => (
          <g key={bar.day} className="group">
            <title>{`${shortDay(bar.day)}: ${formatUsd(bar.usd)}, ${t.calls(bar.calls)}`}</title>
            <rect
              x={index * 10}
              y={0}
              width={10}
              height={100}
              className="fill-transparent group-hover:fill-tint"
            />
            <rect
              x={index * 10 + 1.5}
              y={100 - bar.height * 100}
              width={7}
              height={bar.height * 100}
              className="fill-accent"
            />
          </g>
        ))}
      </svg>
      <DayLabels bars={bars} />
    </div>
  );
}

/** The day below every seventh bar, counted back from the last, which is today. */
const DayLabels = ({ bars }: { readonly bars: Chart['bars'] }) => (
  <div aria-hidden="true" className="relative mt-1.5 h-5 text-xs text-muted">
    {bars.map((bar, index) => {
      const daysBefore = bars.length - 1 - index;
      if (daysBefore % LABEL_EVERY !== 0) return null;
      const place = daysBefore === 0 ? { right: 0 } : { left: `${((index + 0.5) / bars.length) * 100}%` };
      return (
        <span
          key={bar.day}
          style={place}
          className={`absolute whitespace-nowrap ${daysBefore === 0 ? '' : index < 2 ? '-translate-x-2' : '-translate-x-1/2'}`}
        >
          {shortDay(bar.day)}
        </span>
      );
    })}
  </div>
);

function DayTable({ chart }: { readonly chart: Chart }) {
  return (
    <table className="ledger figures max-w-md">
      <caption className="sr-only">{t.home.byDay}</caption>
      <LedgerHead columns={[[t.home.day], [t.home.callCount, 'text-right'], [t.home.spend, 'text-right']]} />
      <tbody>
        {chart.bars.toReversed().map((bar) => (
          <tr key={bar.day}>
            <td>{shortDay(bar.day)}</td>
            <td className="text-right">{formatCount(bar.calls)}</td>
            <td className="text-right">{formatUsdFine(bar.usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
