// Spend by day of this month: bars drawn by hand, and the same figures as a table. Which of the two is shown belongs to the page's URL.

import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import type { DaySpend } from '../api/types.ts';
import { formatCount } from '../format/limit.ts';
import { formatUsd, formatUsdFine } from '../format/money.ts';
import { shortDay } from '../format/time.ts';
import { t } from '../messages/messages.ts';
import { type Chart, layOutChart, monthOfDays } from '../rules/chart.ts';
import { rowsOfDay } from '../rules/rows.ts';
import { Empty } from './empty.tsx';
import { LedgerHead } from './ledger-head.tsx';

const LABELLED_DAYS = [1, 8, 15, 22, 29];

interface DayChartProps {
  /** Oldest first, without gaps, today last. */
  readonly days: readonly DaySpend[];
  readonly asTable: boolean;
}

/** The chart of this month, or its table twin. */
export function DayChart({ days, asTable }: DayChartProps) {
  const month = monthOfDays(days);
  const chart = layOutChart(month.days);
  if (asTable) return <DayTable chart={chart} />;
  if (!chart.highest) return <Empty title={t.home.chartEmpty} />;
  return <DayBars chart={chart} highest={chart.highest} length={month.length} />;
}

interface DayBarsProps {
  readonly chart: Chart;
  readonly highest: DaySpend;
  /** How many days the month has; those to come stay empty. */
  readonly length: number;
}

/** Bars of which one is chosen, by pointer or arrow keys; its figures stand above and lead to its calls, as a click and Enter do. */
function DayBars({ chart, highest, length }: DayBarsProps) {
  const { bars } = chart;
  const last = bars.length - 1;
  const [chosen, setChosen] = useState<number | null>(null);
  const navigate = useNavigate();
  const index = Math.min(chosen ?? last, last);
  const bar = bars[index];
  const words = bar && t.home.chartDay(shortDay(bar.day), formatUsdFine(bar.usd), bar.calls);
  const moveTo: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    Home: 0,
    End: last,
  };
  const open = () => bar && void navigate({ to: '/activity', search: rowsOfDay(bar.day) });
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Enter') open();
    const wanted = moveTo[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, wanted)));
  };
  return (
    <div className="figures">
      {bar && (
        <Link to="/activity" search={rowsOfDay(bar.day)} className="title-link mb-2 inline-block text-sm">
          {words}
        </Link>
      )}
      <p className="text-xs text-muted">{formatUsd(chart.topUsd)}</p>
      <div
        role="slider"
        className="border-t border-line"
        tabIndex={0}
        aria-label={t.home.chartSummary(
          formatUsd(chart.totalUsd),
          formatUsd(highest.usd),
          shortDay(highest.day),
        )}
        aria-valuemin={1}
        aria-valuemax={bars.length}
        aria-valuenow={index + 1}
        aria-valuetext={words}
        onKeyDown={move}
      >
        <Bars bars={bars} length={length} chosen={index} onChoose={setChosen} onOpen={open} />
      </div>
      <DayLabels first={bars[0]?.day ?? ''} length={length} />
    </div>
  );
}

interface BarsProps extends Pick<DayBarsProps, 'length'> {
  readonly bars: Chart['bars'];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly onOpen: () => void;
}

/** The drawing: pointing at a day chooses it, and a click of a mouse opens it. A finger chooses only: it points at nothing before. */
const Bars = ({ bars, length, chosen, onChoose, onOpen }: BarsProps) => (
  <svg
    aria-hidden="true"
    viewBox={`0 0 ${length * 10} 100`}
    preserveAspectRatio="none"
    className="block h-36 w-full border-b border-edge"
  >
    {bars.map(({ day, height }, index) => (
      <g
        key={day}
        className="cursor-pointer"
        onPointerEnter={() => onChoose(index)}
        onPointerUp={({ pointerType, button }) => pointerType === 'mouse' && button === 0 && onOpen()}
      >
        <rect
          x={index * 10}
          width={10}
          height={100}
          className={index === chosen ? 'fill-tint' : 'fill-transparent'}
        />
        <rect
          x={index * 10 + 1.5}
          y={100 - height * 100}
          width={7}
          height={height * 100}
          className="fill-accent"
        />
      </g>
    ))}
  </svg>
);

interface DayLabelsProps {
  readonly first: string;
  readonly length: number;
}

/** The day below every seventh bar, from the first of the month. */
const DayLabels = ({ first, length }: DayLabelsProps) => (
  <div aria-hidden="true" className="relative mt-1.5 h-5 text-xs text-muted">
    {LABELLED_DAYS.filter((day) => day <= length).map((day) => (
      <span
        key={day}
        style={{ left: day === 1 ? 0 : `${((day - 0.5) / length) * 100}%` }}
        className={`absolute whitespace-nowrap ${day === 1 ? '' : '-translate-x-1/2'}`}
      >
        {day === 1 ? shortDay(first) : day}
      </span>
    ))}
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
            <td>
              <Link to="/activity" search={rowsOfDay(bar.day)} className="link">
                {shortDay(bar.day)}
              </Link>
            </td>
            <td className="text-right">{formatCount(bar.calls)}</td>
            <td className="text-right">{formatUsdFine(bar.usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
