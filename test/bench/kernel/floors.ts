import { figureOf, median, type KernelFigures, type StartFigures } from "./figures.js";

/** Names of the three kernels in a run. */
export const OURS = "touchstone";
export const TSLAB = "tslab";
export const IPYKERNEL = "python3";

/** What our figure is held against. */
type Bound =
  | { readonly kind: "peer"; readonly kernel: string; readonly figure?: string; readonly factor: number }
  | { readonly kind: "own"; readonly figure: string; readonly factor: number }
  | { readonly kind: "limit"; readonly most: number }
  | { readonly kind: "exactly"; readonly value: string | number | boolean };

/** One line of the table. */
interface Floor {
  readonly name: string;
  /** As kernel_bench.py calls it. */
  readonly figure: string;
  readonly bound: Bound;
}

const peer = (kernel: string, factor: number, figure?: string): Bound => ({
  kind: "peer",
  kernel,
  factor,
  ...(figure === undefined ? {} : { figure }),
});

/** An interrupt is quick, ends the cell with an error, and keeps the variables. */
const interruptFloors = (what: string, figure: string): Floor[] => [
  { name: `interrupt of ${what}, ms`, figure, bound: { kind: "limit", most: 100 } },
  { name: `interrupt of ${what}: reply`, figure: `${figure}_status`, bound: { kind: "exactly", value: "error" } },
  { name: `interrupt of ${what}: variables kept`, figure: `${figure}_kept`, bound: { kind: "exactly", value: true } },
];

/** The kernel's floors (issue 8, "Quick"). */
export const FLOORS: readonly Floor[] = [
  { name: "start to kernel_info, ms", figure: "kernel_info", bound: peer(IPYKERNEL, 0.8) },
  { name: "start to kernel_info, ms", figure: "kernel_info", bound: peer(TSLAB, 0.35) },
  { name: "start to first cell, ms", figure: "start_to_first_result", bound: peer(TSLAB, 0.9) },
  { name: "trivial cell, median, ms", figure: "trivial_p50", bound: peer(TSLAB, 1.2) },
  { name: "trivial cell, p95, ms", figure: "trivial_p95", bound: { kind: "own", figure: "trivial_p50", factor: 3 } },
  { name: "completion, ms", figure: "complete_p50", bound: peer(TSLAB, 1.5) },
  { name: "completion finds the variable", figure: "complete_ok", bound: { kind: "exactly", value: true } },
  { name: "inspection finds the variable", figure: "inspect_ok", bound: { kind: "exactly", value: true } },
  { name: "10,000 lines, ms", figure: "stream_10k", bound: peer(IPYKERNEL, 1.5) },
  { name: "10,000 lines: arrived", figure: "stream_lines", bound: { kind: "exactly", value: 10_000 } },
  { name: "10,000 lines: in order", figure: "stream_ordered", bound: { kind: "exactly", value: true } },
  { name: "200 displays: arrived", figure: "displays", bound: { kind: "exactly", value: 200 } },
  { name: "200 displays: in order", figure: "displays_ordered", bound: { kind: "exactly", value: true } },
  { name: "memory after 200 cells, PSS, MiB", figure: "pss_200", bound: peer(TSLAB, 1.2) },
  ...interruptFloors("a loop", "int_loop"),
  ...interruptFloors("a loop over a timer", "int_sleep"),
  ...interruptFloors("a loop after an await", "int_await"),
  { name: "gone after a shutdown is answered", figure: "shutdown_reply", bound: { kind: "exactly", value: true } },
  { name: "gone after its launcher is killed, ms", figure: "orphan_exit", bound: { kind: "limit", most: 2_000 } },
];

/** A floor and what was found. */
export interface Judged {
  readonly floor: string;
  readonly ours: string;
  /** What it is held against, and whose figure that is. */
  readonly peer: string;
  /** Ours by the peer's: the median over the rounds' own pairs. */
  readonly ratio: string;
  readonly bound: string;
  readonly met: boolean;
}

/**
 * Each floor against a run. A figure of ours that is missing in one round is a floor missed; a round in which the peer failed
 * has no pair and is left out, and without any pair the floor is missed.
 */
export function judge(figures: KernelFigures): readonly Judged[] {
  return FLOORS.map((floor) => judgeOne(floor, figures));
}

function judgeOne({ name, figure, bound }: Floor, figures: KernelFigures): Judged {
  const starts = figures[OURS] ?? [];
  if (bound.kind === "exactly") return judgeExact(name, { starts, figure, value: bound.value });
  const ours = figureOf(starts, figure);
  if (bound.kind === "limit") {
    const found = median(ours);
    return { floor: name, ours: shown(found), peer: "", ratio: "", bound: `<= ${bound.most}`, met: found <= bound.most };
  }
  const kernel = bound.kind === "own" ? OURS : bound.kernel;
  const theirs = figureOf(figures[kernel] ?? [], bound.figure ?? figure);
  const paired = (value: number, round: number): boolean => Number.isNaN(value) || !Number.isNaN(theirs[round] ?? Number.NaN);
  const pairs = ours.map((value, round) => (paired(value, round) ? [value / (theirs[round] ?? Number.NaN)] : []));
  const ratio = median(pairs.flat());
  return {
    floor: name,
    ours: shown(median(ours)),
    peer: `${shown(median(theirs.filter((value) => !Number.isNaN(value))))} (${bound.kind === "own" ? "our median" : bound.kernel})`,
    ratio: shown(ratio),
    bound: `<= ${bound.factor} x`,
    met: ratio <= bound.factor,
  };
}

interface Exact {
  readonly starts: readonly StartFigures[];
  readonly figure: string;
  readonly value: string | number | boolean;
}

function judgeExact(floor: string, { starts, figure, value }: Exact): Judged {
  const found = starts.map((start) => start[figure] ?? "none");
  const met = found.length > 0 && found.every((one) => one === value);
  return { floor, ours: [...new Set(found.map(String))].join(", "), peer: "", ratio: "", bound: String(value), met };
}

/** Three digits; "none" for what is missing. */
const shown = (value: number): string => (Number.isNaN(value) ? "none" : String(Number(value.toPrecision(3))));
