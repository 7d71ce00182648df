import { basename } from "node:path";

import type { ColumnTable } from "arquero";

import { chosenRecords, chosenVariants, type KnownVariant, type Selection } from "../analysis/index.js";
import type { ItemRecord, Study } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
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

/** `%results`: one row a record and variant, with the label of one scorer and the dimension's slice columns. */
export async function itemsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const rows: Row[] = [];
  const slices = new Set<string>();
  for (const variant of chosenVariants(study, selection)) {
    for (const record of await chosenRecords(study, variant.id, selection)) {
      for (const name of Object.keys(record.slices)) slices.add(name);
      rows.push(rowOf(record, { variant, study, selection }));
    }
  }
  return makeTable([...new Set([...BEFORE_SLICES, ...slices, ...AFTER_SLICES])], rows);
}

function rowOf(
  record: ItemRecord,
  { variant, study, selection }: { readonly variant: KnownVariant; readonly study: Study; readonly selection: Selection },
): Row {
  const { generation, slices, task, item, dimension, suite, settings } = record;
  const { repeat, cluster, stratum, decodingSeed, judgement, precision, template, backend } = record;
  const label = record.labels.find(({ scorer }) => scorer === (selection.scorer ?? "touchstone"));
  return {
    ...slices,
    ...variantCells(variant),
    ...{ study: basename(study.folder), model: variant.id.split("/")[0] },
    ...{ calibration: settingOf(variant, "calibration"), calibrationSeed: settingOf(variant, "seed") },
    ...{
      decodingSeed,
      suite,
      settings: settings === "" ? null : settings,
      dimension,
      task,
      cluster,
      stratum,
      item,
      repeat,
      judge: judgement?.judge ?? null,
      chatTemplate: template,
      precision,
      backend,
    },
    ...{ prompt: generation.prompt, output: generation.text, tokens: generation.outputTokens, seconds: generation.seconds },
    ...{
      scorer: label?.scorer ?? null,
      official: label?.official ?? null,
      state: label?.state ?? null,
      value: label?.value ?? null,
    },
    ...{ refused: label?.state === "refused", degenerate: label?.state === "degenerate" },
  };
}

function settingOf({ recipe }: KnownVariant, name: string): string | number | null {
  const value = recipe.settings[name];
  return typeof value === "string" || typeof value === "number" ? value : null;
}
