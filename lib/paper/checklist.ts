import type { Study } from "../study/index.js";
import { type OwnOptions, ownFigures } from "./own-figures.js";
import { PAPER_DIMENSIONS } from "./published.js";
import {
  chosen,
  commonDimensions,
  difference,
  type Group,
  groupName,
  groupsOf,
  meanDrift,
  overRuns,
  type Sheet,
} from "./sheet.js";

/** A recommendation of the paper, and whether a study follows it. */
export interface Trick {
  readonly recommendation: string;
  readonly state: "done" | "not done" | "cannot be told";
  /** What the state is read from. */
  readonly numbers: string;
}

/** The paper's "bag of tricks" for a study: what `%report` fills in. Nothing measured beside a dense model: nothing can be told. */
export async function bagOfTricks(study: Study, options: OwnOptions = {}): Promise<Trick[]> {
  return checklist((await ownFigures(study, { ...options, resamples: 0 })).map(({ sheet }) => sheet));
}

/** The same for sheets at hand. */
export const checklist = (sheets: readonly Sheet[]): Trick[] =>
  CHECKS.map(([recommendation, check]) => ({ recommendation, ...check(sheets) }));

type Check = (sheets: readonly Sheet[]) => Omit<Trick, "recommendation">;

const CHECKS: readonly (readonly [string, Check])[] = [
  ["Prefer quantization to pruning for the same saving", preferQuantization],
  ["4 bits is the point of balance, 8 bits is safe, 3 bits only with care", balanceBits],
  ["Take a trustworthy dense model as the source", compareSources],
  ["At high rates choose method and calibration seed by measurement, never from one run", severalSeeds],
  ["Do not infer trust from MMLU", besideMmlu],
  ["Look at every dimension, and at refusals beside scores", everyDimension],
  ["For a small budget compare the compressed large model with the dense small one, dimension by dimension", compareSizes],
];

const cannotTell = (numbers: string): Omit<Trick, "recommendation"> => ({ state: "cannot be told", numbers });
const told = (done: boolean, numbers: string): Omit<Trick, "recommendation"> => ({ state: done ? "done" : "not done", numbers });

/** Pruned variants stand beside quantized ones that save at least as much. */
function preferQuantization(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  const pruned = sheets.flatMap((sheet) => named(sheet, groupsOf(chosen(sheet, { kind: "pruned" }))));
  const quantized = sheets.flatMap((sheet) => named(sheet, groupsOf(chosen(sheet, { kind: "quantized" }))));
  if (pruned.length + quantized.length === 0) return cannotTell("no compressed variant beside a dense one");
  if (pruned.length === 0) return told(true, `nothing is pruned; ${quantized.length} quantized settings`);
  const rivals = quantized.filter(({ model, rate }) => pruned.some((one) => one.model === model && rate <= one.rate));
  const list = (settings: readonly Named[]): string => settings.map(({ text }) => text).join(", ");
  return rivals.length === 0
    ? told(false, `pruned only, nothing quantized that saves as much: mean drift ${list(pruned)}`)
    : told(true, `mean drift ${list(rivals)} quantized; ${list(pruned)} pruned`);
}

interface Named {
  readonly model: string;
  readonly rate: number;
  readonly text: string;
}

const named = (sheet: Sheet, groups: readonly Group[]): Named[] =>
  groups.map((group) => ({
    model: sheet.model,
    rate: group.rate,
    text: `${groupName(group)} ${points(meanDrift(sheet, group))}`,
  }));

/** Who goes to 3 bits or fewer looks at 4 or 8 bits too. */
function balanceBits(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  const groups = sheets.flatMap((sheet) => groupsOf(chosen(sheet, { kind: "quantized" })).map((group) => ({ sheet, group })));
  if (groups.length === 0) return cannotTell("nothing is quantized");
  const bare = groups.filter(
    ({ sheet, group: { method, bits } }) =>
      (bits ?? 0) < 4 &&
      !groups.some((other) => other.sheet === sheet && other.group.method === method && (other.group.bits ?? 0) >= 4),
  );
  const means = groups.map(({ sheet, group }) => `${groupName(group)} ${points(meanDrift(sheet, group))}`).join(", ");
  return bare.length === 0
    ? told(true, `mean drift ${means}`)
    : told(false, `no 4 or 8 bits beside ${bare.map(({ group }) => groupName(group)).join(", ")}; mean drift ${means}`);
}

function compareSources(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  const sources = sheets.flatMap(({ model, rows }) => {
    const dense = rows.find(({ method }) => method === "dense");
    const scores = PAPER_DIMENSIONS.flatMap((name) =>
      dense?.scores[name] == null ? [] : [`${name} ${dense.scores[name].toFixed(1)}`],
    );
    return scores.length === 0 ? [] : [`${model}: ${scores.join(", ")}`];
  });
  if (sources.length === 0) return cannotTell("no dense model was asked");
  return told(sources.length > 1, `${sources.length} dense ${sources.length === 1 ? "model" : "models"}; ${sources.join("; ")}`);
}

/** Methods that depend on a calibration draw, at 3 bits or fewer or pruned, need three seeds or more. */
function severalSeeds(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  const groups = sheets.flatMap((sheet) => groupsOf(chosen(sheet, {})));
  const high = groups.filter(({ bits, pattern }) => pattern !== null || (bits ?? 16) < 4);
  const drawn = high.filter(({ method }) => !WITHOUT_CALIBRATION.includes(method));
  if (drawn.length === 0) return cannotTell("no calibrated method at 3 bits or fewer, or pruned");
  const counts = drawn.map((group) => ({ group, seeds: new Set(group.runs.map(({ seed }) => seed)).size }));
  const numbers = counts
    .map(({ group, seeds }) => `${groupName({ ...group, runs: group.runs.slice(0, 1) })}: ${seeds}`)
    .join(", ");
  return told(
    counts.every(({ seeds }) => seeds >= ENOUGH_SEEDS),
    `calibration seeds measured: ${numbers}`,
  );
}

const WITHOUT_CALIBRATION: readonly string[] = ["magnitude", "rtn"];
const ENOUGH_SEEDS = 3;

function besideMmlu(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  const rows = sheets.flatMap((sheet) => groupsOf(chosen(sheet, {})).map((group) => ({ sheet, group })));
  if (rows.length === 0) return cannotTell("no compressed variant beside a dense one");
  const bare = rows.filter(({ sheet, group }) => meanDrift(sheet, group) === null);
  const both = rows.flatMap(({ sheet, group }) => {
    const mmlu = overRuns(group, ({ drifts }) => drifts.mmlu);
    return mmlu === null ? [] : [`${groupName(group)} MMLU ${points(mmlu)}, trust ${points(meanDrift(sheet, group))}`];
  });
  const numbers = both.length === 0 ? "trust was measured, MMLU was not" : both.join("; ");
  return bare.length === 0
    ? told(true, numbers)
    : told(false, `no trust dimension in common for ${bare.length} of ${rows.length}`);
}

function everyDimension(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  if (sheets.length === 0) return cannotTell("nothing was measured beside a dense model");
  const counts = sheets.map((sheet) => ({ sheet, measured: commonDimensions(sheet) }));
  const numbers = counts.map(({ sheet, measured }) => {
    const left = PAPER_DIMENSIONS.filter((name) => !measured.includes(name));
    const lacking = left.length === 0 ? "" : `, not ${left.join(", ")}`;
    return `${sheet.model}: ${measured.length} of ${PAPER_DIMENSIONS.length} dimensions${lacking}; ${refusalText(sheet)}`;
  });
  return told(
    counts.every(({ measured }) => measured.length === PAPER_DIMENSIONS.length),
    numbers.join("; "),
  );
}

/** The furthest that refusals move from the dense model's. */
function refusalText(sheet: Sheet): string {
  const dense = sheet.rows.find(({ method }) => method === "dense");
  const moves = groupsOf(chosen(sheet, {})).flatMap((group) =>
    PAPER_DIMENSIONS.flatMap((name) => {
      const moved = difference(
        overRuns(group, ({ refusals }) => refusals[name]),
        dense?.refusals[name] ?? null,
      );
      return moved === null ? [] : [{ name, moved, group }];
    }),
  );
  const most = moves.sort((a, b) => Math.abs(b.moved) - Math.abs(a.moved)).at(0);
  if (most === undefined) return "no refusals counted";
  return `refusals move furthest in ${most.name} under ${groupName(most.group)}, ${points(most.moved)} per cent of the answers`;
}

function compareSizes(sheets: readonly Sheet[]): Omit<Trick, "recommendation"> {
  const [first] = sheets;
  if (sheets.length === 0) return cannotTell("nothing was measured beside a dense model");
  const models = new Set(sheets.flatMap(({ model, others }) => [model, ...others.map((row) => row.model)]));
  if (models.size > 1) return told(true, `models with figures: ${[...models].join(", ")}`);
  return told(false, `one model only, ${first.model}`);
}

const points = (value: number | null): string => (value === null ? "not measured" : `${value > 0 ? "+" : ""}${value.toFixed(1)}`);
