import type { TopLevelSpec } from "vega-lite";

import type { ColumnName, Table } from "../tables/index.js";
import type { PlotOptions } from "./theme.js";

export type { PlotOptions } from "./theme.js";

/** A plot: a pure function from a table to a Vega-Lite 5 specification, with its data in it. */
export interface Plot {
  readonly name: string;
  /** What it answers; the title's first line. */
  readonly question: string;
  /** The table it is drawn from. */
  readonly source:
    | ("scores" | "variants" | "flips" | "layers" | "weights" | "seeds" | "rate" | "paper" | "claims" | "slices" | "positions")
    | ("frontier" | "activations" | "attribution");
  /** Columns that the table must have. */
  readonly needs: readonly ColumnName[];
  /** @throws InputError with a sentence where there is nothing to draw */
  specify(table: Table, options?: PlotOptions): TopLevelSpec;
}
