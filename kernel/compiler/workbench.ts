import { join } from "node:path";
import type { SideFile } from "../link.js";
import { allMagics } from "../magics/registry.js";
import { ambientDeclarations } from "./ambient.js";
import { translateCell, type Translation } from "./cell.js";
import { createCellConverter, packageRoot, type CellConverter } from "./converter.js";

/** All that the compiler's answers are made with; it remembers what earlier cells declared. */
export interface Workbench {
  readonly converter: CellConverter;
  /** Declarations of the cells that ran. */
  declarations: string;
  /** Cells that ran, newest last. */
  readonly sources: string[];
  /** Converted cells that have not run yet: what they will declare. */
  readonly pending: Map<number, { readonly declarations: string; readonly source: string }>;
  /** Local files that the runner does not have in this form. */
  readonly unsent: Map<string, SideFile>;
  /** Local files that cells have imported. */
  readonly sideFiles: Map<string, SideFile>;
  translate(source: string): Translation;
}

/** Makes and warms the converter: about 1.5 seconds. */
export function createWorkbench(): Workbench {
  const magics = allMagics();
  const ambient = ambientDeclarations(Object.values(magics), join(packageRoot(), "dist", "lib", "index"));
  const converter = createCellConverter(ambient);
  converter.convert("", "");
  return {
    converter,
    declarations: "",
    sources: [],
    pending: new Map(),
    unsent: new Map(),
    sideFiles: new Map(),
    translate: (source) =>
      translateCell(converter.ts, source, (name) => (Object.hasOwn(magics, name) ? magics[name].kind : undefined)),
  };
}

/** The runner was started anew: nothing is declared, and it has no file. */
export function resetWorkbench(bench: Workbench): void {
  bench.declarations = "";
  bench.pending.clear();
  bench.sources.length = 0;
  for (const [path, file] of bench.sideFiles) bench.unsent.set(path, file);
}

/** The cell ran: what it declares is known from now on. */
export function commitCell(bench: Workbench, cell: number): void {
  const ran = bench.pending.get(cell);
  if (ran === undefined) return;
  bench.declarations = ran.declarations;
  bench.sources.push(ran.source);
  bench.pending.clear();
}
