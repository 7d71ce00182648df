import type { Dimension } from "./dimension.js";
import * as dimensions from "./dimensions/catalogue.js";
import * as utilities from "./utility/catalogue.js";

/** All that is asked in prompts and scored, by name: the trust dimensions, then what tells how useful a model still is. */
export const measures: Readonly<Record<string, Dimension>> = { ...dimensions, ...utilities };
