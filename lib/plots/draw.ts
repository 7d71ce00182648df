import type { TopLevelSpec } from "vega-lite";

import { repeatedNote } from "../analysis/index.js";
import type { Variant } from "../compression/index.js";
import { InputError } from "../core/errors.js";
import { lookup } from "../core/lookup.js";
import type { Study } from "../study/index.js";
import {
  activationsTable,
  attributionTable,
  claimsTable,
  flipsTable,
  frontierTable,
  layersTable,
  paperTable,
  positionsTable,
  rateTable,
  scoresTable,
  seedRunsTable,
  type SlicesOptions,
  slicesTable,
  type Table,
  variantsTable,
  weightsTable,
} from "../tables/index.js";
import * as catalogue from "./catalogue.js";
import type { Plot, PlotOptions } from "./plot.js";

/** What a plot may be drawn from beside the study's records. */
export interface DrawOptions extends SlicesOptions, PlotOptions {
  /** The variants at hand, whose layers and weights no study holds. */
  readonly compressed?: readonly Variant[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SOURCES: Readonly<Record<Plot["source"], (study: Study, options: DrawOptions) => Promise<Table>>> = {
  scores: scoresTable,
  variants: variantsTable,
  flips: flipsTable,
  seeds: seedRunsTable,
  rate: rateTable,
  paper: paperTable,
  claims: claimsTable,
  slices: slicesTable,
  positions: positionsTable,
  attribution: (study, options) => attributionTable(study, { ...options, by: options.by === "matrix" ? "matrix" : "block" }),
  frontier: frontierTable,
  layers: (_, options) => layersTable(compressedOf(options, "layers")),
  activations: (_, options) => activationsTable(compressedOf(options, "activations"), options),
  weights: (_, options) => weightsTable(compressedOf(options, "weights"), options),
};

/** What is made of answers, of which a study may hold several records. */
const OF_ANSWERS = new Set<Plot["source"]>(["scores", "flips", "seeds", "rate", "slices", "frontier"]);

/** A plot and the table it was drawn from. */
export interface Drawn {
  readonly plot: Plot;
  readonly table: Table;
  readonly spec: TopLevelSpec;
}

/**
 * A plot of a study's records, or of the variants at hand, by name.
 * @throws InputError for an unknown name, or where nothing was measured or made that it could show
 */
export async function drawPlot(name: string, study: Study, options: DrawOptions = {}): Promise<Drawn> {
  const plot = lookup("plot", { ...catalogue }, name);
  const table = await SOURCES[plot.source](study, options);
  const repeated = OF_ANSWERS.has(plot.source) ? await repeatedNote(study, options) : undefined;
  const note = [options.note, repeated].filter((part) => part !== undefined).join(" · ");
  return { plot, table, spec: plot.specify(table, { ...options, note }) };
}

function compressedOf({ compressed = [], variants }: DrawOptions, plot: string): Variant[] {
  const chosen = compressed
    .filter(({ layers }) => layers.length > 0)
    .filter(({ id, title }) => variants === undefined || variants.includes(id) || variants.includes(title));
  if (chosen.length > 0) return chosen;
  throw new InputError({
    where: `plot ${plot}`,
    found: variants === undefined ? "no compressed variants" : `none of ${variants.join(", ")}`,
    expected: "compressed variants at hand: a study's records don't hold their weights",
    remedy: "make them first, with %compress; those made before come from the cache",
  });
}
