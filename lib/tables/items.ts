import { basename } from "node:path";

import type { ColumnTable } from "arquero";

import { type ChosenRows, chosenRows, chosenVariants, type KnownVariant, type Selection } from "../analysis/index.js";
import { labelField, sliceField, sliceNames, type Study } from "../study/index.js";
import { CodedColumn } from "./columnar/coded-column.js";
import { type Gathered, gathered, gatherLazily, gatherNumbers, gatherParts, gatherTexts } from "./columnar/gather.js";
import type { NumberColumn } from "./columnar/number-column.js";
import type { LazyColumn } from "./columnar/lazy-column.js";
import type { Cell, ColumnName } from "./columns.js";
import { variantCells } from "./variant-cells.js";

const BEFORE_SLICES: readonly ColumnName[] = [
  ...(["study", "model", "variant", "method", "bits", "pattern", "sparsity", "rate", "bitsPerWeight", "groupSize"] as const),
  ...([
    "calibration",
    "calibrationSeed",
    "decodingSeed",
    "suite",
    "settings",
    "dimension",
    "task",
    "cluster",
    "stratum",
  ] as const),
];
const AFTER_SLICES: readonly ColumnName[] = [
  ...(["item", "repeat", "prompt", "output", "scorer", "judge", "official", "state", "value"] as const),
  ...(["refused", "degenerate", "chatTemplate", "precision", "backend", "tokens", "seconds"] as const),
];

/**
 * `%results`: one row a record and variant, with the label of one scorer and the dimension's slice columns. Made from the
 * study's index: texts by code, numbers in typed arrays; `prompt` and `output` are read from the records when looked at.
 */
export async function itemsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const { CodedTable } = await import("./columnar/coded-table.js");
  const parts: (ChosenRows & { readonly variant: KnownVariant })[] = [];
  for (const variant of chosenVariants(study, selection))
    for (const part of await chosenRows(study, variant.id, selection)) parts.push({ ...part, variant });
  const all = gathered(parts);
  const slices = sliceColumns(all);
  const columns: Readonly<Record<string, Column>> = {
    ...Object.fromEntries(slices),
    ...variantColumns(parts, gatherParts(all), basename(study.folder)),
    ...answerColumns(all),
    ...labelColumns(all, selection.scorer ?? "touchstone"),
    ...gatherLazily(all, gatherParts(all)),
  };
  const names = [...new Set([...BEFORE_SLICES, ...slices.keys(), ...AFTER_SLICES])];
  return new CodedTable(Object.fromEntries(names.map((name) => [name, columns[name]])), names);
}

type Column = CodedColumn | NumberColumn | LazyColumn | Float64Array;

/** The slices that some row has. */
function sliceColumns(all: Gathered): Map<string, CodedColumn> {
  const names = new Set(all.parts.flatMap(({ columns }) => sliceNames(columns)));
  const columns = [...names].map((name): [string, CodedColumn] => [name, gatherTexts(all, sliceField(name))]);
  return new Map(columns.filter(([, { values }]) => values.some((value) => value !== null)));
}

/** What all rows of a part share. */
function variantColumns(
  parts: readonly (ChosenRows & { readonly variant: KnownVariant })[],
  partOf: Uint32Array,
  study: string,
): Readonly<Record<string, Column>> {
  const cells = parts.map(({ variant, columns: { dimension } }): Readonly<Record<string, Cell>> => ({
    ...variantCells(variant),
    ...{ study, model: variant.id.split("/")[0], dimension },
    ...{ calibration: settingOf(variant, "calibration"), calibrationSeed: settingOf(variant, "seed") },
  }));
  const names = [
    ...(["study", "model", "variant", "method", "bits", "pattern", "sparsity", "rate", "bitsPerWeight"] as const),
    ...(["groupSize", "calibration", "calibrationSeed", "dimension"] as const),
  ];
  const columnOf = (name: string): Column =>
    new CodedColumn(
      cells.map((ofPart) => ofPart[name] ?? null),
      partOf,
    );
  return Object.fromEntries(names.map((name) => [name, columnOf(name)]));
}

function answerColumns(all: Gathered): Readonly<Record<string, Column>> {
  const texts = ["suite", "task", "cluster", "stratum", "item", "judge", "precision", "backend"] as const;
  return {
    ...Object.fromEntries(texts.map((name) => [name, gatherTexts(all, name)])),
    settings: gatherTexts(all, "settings").map((settings) => (settings === "" ? null : settings)),
    chatTemplate: gatherTexts(all, "template"),
    ...{ repeat: gatherNumbers(all, "repeat"), decodingSeed: gatherNumbers(all, "decodingSeed") },
    ...{ tokens: gatherNumbers(all, "outputTokens"), seconds: gatherNumbers(all, "seconds") },
  };
}

function labelColumns(all: Gathered, scorer: string): Readonly<Record<string, Column>> {
  const state = gatherTexts(all, labelField(scorer, "state"));
  return {
    ...{
      official: gatherTexts(all, labelField(scorer, "official")),
      state,
      value: gatherNumbers(all, labelField(scorer, "value")),
    },
    scorer: state.map((value) => (value === null ? null : scorer)),
    refused: state.map((value) => value === "refused"),
    degenerate: state.map((value) => value === "degenerate"),
  };
}

function settingOf({ recipe }: KnownVariant, name: string): string | number | null {
  const value = recipe.settings[name];
  return typeof value === "string" || typeof value === "number" ? value : null;
}
