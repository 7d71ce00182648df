import type { ModelConfig } from "../../model/config.js";
import type { VariantFigures } from "../method.js";
import { checkPattern, formatPattern, nominalSparsity, parsePattern } from "./sparsity-pattern.js";

/** Settings that every pruner has. */
export type PrunerSettings = {
  /** "50%", "2:4", "4:8" */
  readonly pattern: string;
};

/** Checks the pattern and writes it in its one form. @throws InputError naming the setting */
export function completePruner<Settings extends PrunerSettings>(
  where: string,
  settings: Settings,
  config: ModelConfig,
): Settings {
  const pattern = parsePattern(where, settings.pattern);
  checkPattern(where, pattern, config);
  return { ...settings, pattern: formatPattern(pattern) };
}

/** "magnitude-50%", "magnitude-2:4", and what goes into the variant's row. @param where ends in the method's name */
export function prunerFigures(where: string, { pattern }: PrunerSettings): VariantFigures {
  const parsed = parsePattern(where, pattern);
  const method = where.slice(where.lastIndexOf(" ") + 1);
  return { name: `${method}-${pattern}`, bits: null, pattern, group: null, rate: 1 - nominalSparsity(parsed) };
}
