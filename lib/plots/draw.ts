import type { TopLevelSpec } from "vega-lite";

import { lookup } from "../core/lookup.js";
import type { Study } from "../study/index.js";
import { flipsTable, scoresTable, type Selection, type Table, variantsTable } from "../tables/index.js";
import * as catalogue from "./catalogue.js";
import type { Plot, PlotOptions } from "./plot.js";

const SOURCES: Readonly<Record<Plot["source"], (study: Study, selection: Selection) => Promise<Table>>> = {
  scores: scoresTable,
  variants: variantsTable,
  flips: flipsTable,
};

/** A plot and the table it was drawn from. */
export interface Drawn {
  readonly plot: Plot;
  readonly table: Table;
  readonly spec: TopLevelSpec;
}

/**
 * A plot of a study's records, by name.
 * @throws InputError for an unknown name, or where nothing was measured that it could show
 */
export async function drawPlot(name: string, study: Study, options: Selection & PlotOptions = {}): Promise<Drawn> {
  const plot = lookup("plot", { ...catalogue }, name);
  const table = await SOURCES[plot.source](study, options);
  return { plot, table, spec: plot.specify(table, options) };
}
