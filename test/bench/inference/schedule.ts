import type { MachineLimits } from "./machine.js";

/** What one run of a work took, and what must agree between the sides. */
export interface Run {
  readonly seconds: number;
  readonly note?: string | undefined;
}

/** Something both sides do. */
export interface Work {
  readonly name: string;
  /** Of the ratio peer's time / our time, or with `atMost` of our time / peer's. Absent: none. */
  readonly floor: number | undefined;
  readonly atMost?: boolean;
  /** The peer's share of the time there is. */
  readonly weight: number;
  /** Sizes, ascending; the last is the whole work, the first calibrates. */
  readonly sizes: readonly number[];
  sizeText(size: number): string;
  peer(size: number): Promise<Run>;
  ours(size: number): Promise<Run>;
  /** Tokens a second, and the share of a limit of the machine. */
  rate(size: number, seconds: number): { readonly tokens: number | undefined; share(limits: MachineLimits): string };
}

/** How long, how often. */
export interface Plan {
  /** performance.now() at the start of the command. */
  readonly started: number;
  /** From then on. */
  readonly seconds: number;
  readonly rounds: number;
  readonly full: boolean;
}

/** Medians of a work. */
export interface Measured {
  readonly work: Work;
  readonly size: number;
  readonly ours: number;
  readonly peer: number | undefined;
  readonly ratio: number | undefined;
  readonly oursAll: readonly number[];
  readonly peerAll: readonly number[];
  readonly note: string | undefined;
}

/** Of the time, what the peer's runs may take; the rest is ours and for what goes wrong. */
const PEER_SHARE = 0.6;

/** Each work at the largest size that the time allows, both sides in turn, the works in turn too. */
export async function alternate(works: readonly Work[], plan: Plan, hasPeer: boolean): Promise<readonly Measured[]> {
  const left = (): number => plan.seconds - (performance.now() - plan.started) / 1000;
  const total = works.reduce((sum, { weight }) => sum + weight, 0);
  const sizes: number[] = [];
  const calibration: ((size: number) => number)[] = [];
  for (const work of works) {
    if (hasPeer) await work.ours(work.sizes[0]);
    calibration.push(await timesBySize(work, (size) => (hasPeer ? work.peer(size) : work.ours(size))));
  }
  const time = left() * PEER_SHARE;
  works.forEach((work, i) => {
    const allowed = (time * work.weight) / total / plan.rounds;
    const fits = (size: number): boolean => plan.full || calibration[i](size) <= allowed;
    sizes.push(work.sizes.filter(fits).at(-1) ?? work.sizes[0]);
  });
  const ours: Run[][] = works.map(() => []);
  const peers: Run[][] = works.map(() => []);
  for (let round = 0; round < plan.rounds; round++) {
    for (const [i, work] of works.entries()) {
      if (round > 0 && left() < 0) continue;
      if (hasPeer) peers[i].push(await work.peer(sizes[i]));
      ours[i].push(await work.ours(sizes[i]));
      const [mine, theirs] = [ours[i].at(-1)?.seconds ?? 0, peers[i].at(-1)?.seconds ?? 0];
      console.error(`round ${round + 1}, ${work.name}: ours ${mine.toFixed(2)} s, peer ${theirs.toFixed(2)} s`);
    }
  }
  return works.map((work, i) => {
    const [oursAll, peerAll] = [ours[i].map(({ seconds }) => seconds), peers[i].map(({ seconds }) => seconds)];
    const [own, peer] = [median(oursAll), hasPeer ? median(peerAll) : undefined];
    const ratio = peer === undefined ? undefined : work.atMost === true ? own / peer : peer / own;
    return { work, size: sizes[i], ours: own, peer, ratio, oursAll, peerAll, note: ours[i].at(-1)?.note };
  });
}

/** Wall time by size, as a line through the two smallest sizes: some of the time is the same for all. */
async function timesBySize({ sizes }: Work, run: (size: number) => Promise<Run>): Promise<(size: number) => number> {
  const wall = async (size: number): Promise<number> => {
    const started = performance.now();
    await run(size);
    return (performance.now() - started) / 1000;
  };
  const smallest = sizes.slice(0, 2);
  await wall(smallest[0]); // the first call of a shape costs more
  const times: number[] = [];
  for (const size of smallest) times.push(await wall(size));
  if (times.length < 2) return () => times[0];
  const slope = Math.max(0, (times[1] - times[0]) / (smallest[1] - smallest[0]));
  return (size) => times[0] + slope * (size - smallest[0]);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
