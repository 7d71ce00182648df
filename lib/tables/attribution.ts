import type { ColumnTable } from "arquero";

import {
  type AttributedAnswer,
  type Attribution,
  type AttributionCost,
  attributions,
  type AttributionSelection,
  type PartEffect,
} from "../analysis/index.js";
import { FEW_CLUSTERS } from "../statistics/index.js";
import type { Study } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";

const PLAN: readonly ColumnName[] = [
  ...(["variant", "dimension", "suite", "flipsFound", "flips", "controls", "variantsAsked", "answers"] as const),
  ...(["toAsk", "expectedSeconds"] as const),
];
const PARTS: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "part", "block", "matrix", "dimension", "flips"] as const),
  ...(["undone", "undoneShare", "undoneLow", "undoneHigh", "undoneP", "undoneUpTo", "undoneElsewhere"] as const),
  ...(["caused", "causedShare", "causedLow", "causedHigh", "causedP", "causedElsewhere"] as const),
  ...(["controls", "undoneControls", "causedControls", "undoneFloor", "causedFloor", "clusters", "fewClusters"] as const),
  ...(["flipsFound", "scorer"] as const),
];
const ANSWERS: readonly ColumnName[] = [
  ...(["variant", "part", "block", "matrix", "view", "flip", "dimension", "task", "item", "repeat"] as const),
  ...(["before", "after", "state", "turned", "outputBefore", "outputAfter", "output", "scorer"] as const),
];

/** `%attribute --plan`: a row a variant and dimension, with what would be asked and about how long that takes. */
export const attributionPlanTable = (costs: readonly AttributionCost[]): Promise<ColumnTable> =>
  makeTable(
    PLAN,
    costs.map(({ variant, dimension, suite, found, flips, controls, variants, answers, missing, seconds }) => ({
      ...{ variant, dimension, suite, flipsFound: found, flips, controls, variantsAsked: variants },
      ...{ answers, toAsk: missing, expectedSeconds: seconds },
    })),
  );

/**
 * `%attribute`: a row a part of each variant, by depth: the share of flips that restoring it undoes and that it alone causes; before
 * them nothing, behind them everything. From what was asked last.
 */
export async function attributionTable(study: Study, selection: AttributionSelection = {}): Promise<ColumnTable> {
  return makeTable(PARTS, (await attributions(study, selection)).flatMap(partRows));
}

/** `%attribute --rows answers`: a row an answer that was asked again. */
export async function attributedAnswersTable(study: Study, selection: AttributionSelection = {}): Promise<ColumnTable> {
  const found = await attributions(study, selection);
  return makeTable(
    ANSWERS,
    found.flatMap(({ answers, run }) => answers.map((answer) => ({ ...answerRow(answer), scorer: run.scorer }))),
  );
}

/** What was found, in sentences: a paragraph a variant. */
export async function attributionWords(study: Study, selection: AttributionSelection = {}): Promise<string[]> {
  return (await attributions(study, selection)).map(wordsOf);
}

function partRows(attribution: Attribution): Row[] {
  const { outcome, run, variant, dimensions, floor } = attribution;
  const { method, bits, pattern } = variantCells(variant);
  const common = {
    ...{ variant: variant.title, method, bits, pattern, dimension: dimensions.join(", "), scorer: run.scorer },
    ...{ flips: outcome.flips, controls: outcome.controls, flipsFound: run.found },
    ...{ undoneFloor: floor.undone, causedFloor: floor.caused },
    ...{ clusters: outcome.clusters, fewClusters: outcome.clusters < FEW_CLUSTERS },
  };
  const row = (part: string, { undone, caused }: { readonly undone: PartEffect; readonly caused: PartEffect }): Row => ({
    ...{ ...common, ...placeOf(part), ...effectCells("undone", undone), ...effectCells("caused", caused) },
  });
  return [
    row("nothing", outcome.nothing),
    ...outcome.parts.map(({ undone, caused, undoneUpTo }, i) => ({
      ...row(run.parts[i].name, { undone, caused }),
      ...{ undoneP: undone.p, causedP: caused.p, undoneUpTo },
    })),
    row("everything", outcome.everything),
  ];
}

const effectCells = (name: "undone" | "caused", { count, share, interval, elsewhere, controlsChanged }: PartEffect): Row => ({
  [name]: count,
  [`${name}Share`]: share,
  [`${name}Low`]: share === null ? null : interval.low,
  [`${name}High`]: share === null ? null : interval.high,
  [`${name}Elsewhere`]: elsewhere,
  [`${name}Controls`]: controlsChanged,
});

/** A part's name with the number of its block, or the kind of its matrices. */
function placeOf(part: string): Row {
  const [, block] = /^block (\d+)$/.exec(part) ?? [];
  const [, matrix] = /^(.+) in all blocks$/.exec(part) ?? [];
  return { part, block: block === undefined ? null : Number(block), matrix: matrix ?? null };
}

function answerRow({ change, part, view, answer }: AttributedAnswer): Row {
  const { variant, name, before, after } = change;
  const { dimension, task, item, repeat } = after.record;
  const wanted = view === "restored" ? before.label.state : after.label.state;
  return {
    ...{ variant: variant.title, ...placeOf(part), view, flip: name, dimension, task, item, repeat },
    ...{ before: before.label.state, after: after.label.state, state: answer.label.state },
    turned: name === "kept" ? null : answer.label.state === wanted,
    ...{ outputBefore: before.record.generation.text, outputAfter: after.record.generation.text },
    output: answer.record.generation.text,
  };
}

function wordsOf({ variant, run, outcome, floor, base, dimensions }: Attribution): string {
  const { flips, controls, parts, nothing, everything, clusters } = outcome;
  const highest = (view: "undone" | "caused"): string => {
    const most = Math.max(...parts.map((part) => part[view].count));
    const best = parts.findIndex((part) => part[view].count === most);
    const names = run.parts.filter((_, i) => parts[i][view].count === most).map(({ name }) => name);
    const others = names.length > 1 ? ` (as ${names.slice(1).join(", ")})` : "";
    const { count, share, interval, p, controlsChanged } = parts[best][view];
    const verb = view === "undone" ? `restoring ${names[0]}${others} undoes` : `${names[0]}${others} compressed alone causes`;
    const firm = p < 0.05 ? "more than chance among alike parts" : "no more than the highest of alike parts would";
    return (
      `${verb} the most: ${count} of ${flips} (${percent(share ?? 0)}, 95 % interval ${percent(interval.low)} to ${percent(interval.high)}), ` +
      `${firm} (p ${p < 0.001 ? "below 0.001" : p.toFixed(3)}); it changes ${controlsChanged} of ${controls} unchanged answers`
    );
  };
  const floorText = [floor.undone, floor.caused].map((share) => (share === null ? "unknown" : percent(share))).join(" and ");
  return [
    `${variant.title}, ${dimensions.join(", ")}: ${flips} of ${run.found} flips from ${base.title} and ${controls} unchanged answers were asked again`,
    ...(parts.length === 0 || flips === 0 ? [] : [highest("undone"), highest("caused")]),
    `with nothing restored ${nothing.undone.count} go back, with everything ${everything.undone.count}; by chance alone ${floorText} are undone and caused`,
    ...(clusters < FEW_CLUSTERS ? [`the flips come from ${clusters} clusters only: read the intervals with care`] : []),
  ]
    .join(".\n  ")
    .concat(".");
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
