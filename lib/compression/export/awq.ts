import { InputError } from "../../core/errors.js";
import { huggingFaceModule } from "../../model/index.js";
import { gridNotes, summarizeGrids } from "./code-grids.js";
import { packAwqWeights, packAwqZeros } from "./code-packing.js";
import type { ExportFormat } from "./export-format.js";
import { floatNotes } from "./float-tensors.js";
import { packedPlan } from "./packed-model.js";

/**
 * AutoAWQ's layout for its matrix product ("GEMM"): eight 4-bit codes of successive outputs in a word, interleaved, and float16 scales.
 * Any 4-bit grid in order fits it, whichever method chose it.
 * @see Lin et al. 2024 (AWQ), the packing of its published kernels
 */
export const awq: ExportFormat = {
  name: "awq",
  summary: "packed codes as AWQ's loaders read them: 4 bits",
  floats: "F16",
  plan: async (request) => {
    const summary = await summarizeGrids("awq", request.variant);
    check("bits", { holds: summary.bits === 4, found: `${summary.bits} bits`, expected: "4 bits" });
    check("groups", { holds: summary.inOrder, found: "groups of scattered inputs (act-order)", expected: "groups in order" });
    for (const site of summary.sites) {
      const [rows] = request.variant.weights.shape(site);
      check(site, { holds: rows % 8 === 0, found: `${rows} outputs`, expected: "a multiple of 8" });
    }
    const { bits, group, denseSites } = summary;
    const kept = denseSites.map(huggingFaceModule);
    const shared = { zero_point: true, version: "gemm", modules_to_not_convert: kept.length === 0 ? null : ["lm_head", ...kept] };
    return packedPlan(request, {
      summary,
      quantization: { quant_method: "awq", bits, group_size: group, ...shared },
      file: { name: "quant_config.json", content: { w_bit: bits, q_group_size: group, ...shared, version: "GEMM" } },
      notes: [...gridNotes(summary), ...floatNotes(request.floats)],
      tensors: ({ rows, cols, groups }) => [
        { suffix: "qweight", shape: [cols, rows / 8], pack: (grid) => packAwqWeights(grid).words },
        { suffix: "qzeros", shape: [groups, rows / 8], pack: (grid) => packAwqZeros(grid).words },
      ],
    });
  },
};

function check(what: string, { holds, found, expected }: { holds: boolean; found: string; expected: string }): void {
  if (holds) return;
  throw new InputError({
    where: `export as awq, ${what}`,
    found,
    expected: `${expected}, which the layout packs`,
    remedy: "export as gptq, safetensors or gguf",
  });
}
