// Memory and open files of the processes, sampled from outside, and whether they grow.

import { readdirSync, readFileSync } from 'node:fs';
import type { Member } from './member.ts';

/** One look at one life of a process. */
interface Sample {
  readonly atMs: number;
  readonly rssMegabytes: number;
  readonly files: number;
}

/** What became of the longest life of one process. */
export interface Vitals {
  readonly minutes: number;
  readonly rssMegabytes: { readonly early: number; readonly late: number; readonly most: number };
  /** Of a line through the samples after the first quarter of that life. */
  readonly rssSlopeMegabytesPerHour: number;
  readonly files: { readonly early: number; readonly late: number; readonly most: number };
}

const sampleOf = (pid: number): Sample | null => {
  try {
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    const files = readdirSync(`/proc/${pid}/fd`).length;
    return { atMs: performance.now(), rssMegabytes: Number(rss?.[1] ?? 0) / 1024, files };
  } catch {
    return null;
  }
};

const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0);

/** Least squares. */
const slope = (points: readonly (readonly [number, number])[]): number => {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const square = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return square === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / square;
};

/** See the top of this file. */
export class VitalSigns {
  readonly #members: readonly Member[];
  readonly #lives = new Map<string, Sample[]>();

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** Call it every few seconds. */
  look(): void {
    for (const [at, { pid, life }] of this.#members.entries()) {
      const sample = pid === null ? null : sampleOf(pid);
      if (!sample) continue;
      const name = `${at}/${life}`;
      this.#lives.set(name, [...(this.#lives.get(name) ?? []), sample]);
    }
  }

  /** Of the longest life of each member. */
  longest(): readonly Vitals[] {
    return this.#members.map((_, at) => {
      const lives = [...this.#lives].filter(([name]) => name.startsWith(`${at}/`)).map(([, life]) => life);
      const life = lives.toSorted((one, other) => other.length - one.length)[0] ?? [];
      const quarter = Math.ceil(life.length / 4);
      const [second, last] = [life.slice(quarter, 2 * quarter), life.slice(-quarter)];
      const of = (name: 'rssMegabytes' | 'files') => ({
        early: median(second.map((sample) => sample[name])),
        late: median(last.map((sample) => sample[name])),
        most: Math.round(Math.max(0, ...life.map((sample) => sample[name]))),
      });
      const line = life
        .slice(quarter)
        .map(({ atMs, rssMegabytes }) => [atMs / 3_600_000, rssMegabytes] as const);
      return {
        minutes: Math.round(((life.at(-1)?.atMs ?? 0) - (life[0]?.atMs ?? 0)) / 6000) / 10,
        rssMegabytes: of('rssMegabytes'),
        rssSlopeMegabytesPerHour: Math.round(slope(line)),
        files: of('files'),
      };
    });
  }
}
