import { floatToHalf, safetensorsBytes, type SafetensorsSource, writeSafetensorsModel } from "../../formats/index.js";
import { huggingFaceName } from "../../model/index.js";
import type { Variant } from "../variant.js";
import { codeGrid } from "./code-grids.js";
import type { CodeGrid, GridSummary } from "./code-grids.js";
import { type PackedWords, scalesByGroup } from "./code-packing.js";
import type { ExportPlan, ExportRequest } from "./export-format.js";
import { huggingFaceFiles } from "./hugging-face-files.js";
import { floatTensor } from "./safetensors.js";

/** One of a packed layer's tensors. */
export interface PackedTensor {
  /** After the layer's name: "qweight". */
  readonly suffix: string;
  readonly shape: readonly [number, number] | readonly [number];
  readonly pack: (grid: CodeGrid) => PackedWords["words"];
}

/** How a packed format is written. */
export interface PackedLayout {
  readonly summary: GridSummary;
  /** The integer tensors of a layer, whose scales are written beside them. */
  readonly tensors: (shape: { rows: number; cols: number; groups: number }) => readonly PackedTensor[];
  /** What config.json says. */
  readonly quantization: Readonly<Record<string, unknown>>;
  /** A file of its own that says the same, for loaders that read no other. */
  readonly file: { readonly name: string; readonly content: Readonly<Record<string, unknown>> };
  readonly notes: readonly string[];
}

/** The plan of a folder with packed linear layers; all else is stored as numbers. */
export function packedPlan(request: ExportRequest, layout: PackedLayout): ExportPlan {
  const { variant, floats } = request;
  const { sites, group } = layout.summary;
  const tensors = variant.weights.names.flatMap((name) =>
    sites.has(name) ? layerTensors(variant, name, { layout, group }) : [floatTensor(variant.weights, name, floats)],
  );
  const files = huggingFaceFiles(request);
  return {
    bytes: safetensorsBytes(tensors),
    tensors: tensors.length,
    notes: layout.notes,
    write: async function* (draft) {
      await files.write(draft, { quantization_config: layout.quantization });
      await draft.write(layout.file.name, `${JSON.stringify(layout.file.content, null, 2)}\n`);
      yield* writeSafetensorsModel(draft.folder, tensors);
    },
  };
}

function layerTensors(
  variant: Variant,
  site: string,
  { layout, group }: { layout: PackedLayout; group: number },
): SafetensorsSource[] {
  const [rows, cols] = variant.weights.shape(site);
  const groups = group === -1 ? 1 : cols / group;
  const prefix = huggingFaceName(site).replace(/weight$/, "");
  let read: Promise<CodeGrid> | undefined;
  const grid = (): Promise<CodeGrid> => (read ??= readGrid(variant, site));
  const packed = layout.tensors({ rows, cols, groups }).map(({ suffix, shape, pack }): SafetensorsSource => ({
    name: `${prefix}${suffix}`,
    storage: "I32",
    shape,
    data: async () => pack(await grid()),
  }));
  const scales: SafetensorsSource = {
    name: `${prefix}scales`,
    storage: "F16",
    shape: [groups, rows],
    data: async () => {
      const last = await grid();
      read = undefined; // written last: the codes are let go
      return floatToHalf(scalesByGroup(last));
    },
  };
  return [...packed, scales];
}

async function readGrid({ storedMatrix }: Variant, site: string): Promise<CodeGrid> {
  const stored = await storedMatrix(site);
  if (stored?.kind !== "quantized") throw new Error(`${site} is no longer on a grid`);
  return codeGrid(site, stored);
}
