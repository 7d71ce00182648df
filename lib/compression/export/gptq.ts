import { InputError } from "../../core/errors.js";
import { huggingFaceModule } from "../../model/index.js";
import type { Variant } from "../variant.js";
import { gridNotes, summarizeGrids } from "./code-grids.js";
import type { GridSummary } from "./code-grids.js";
import { packGptqWeights, packGptqZeros } from "./code-packing.js";
import type { ExportFormat } from "./export-format.js";
import { floatNotes } from "./float-tensors.js";
import { packedPlan } from "./packed-model.js";

const BITS = [2, 3, 4, 8];

/**
 * The layout of AutoGPTQ and GPTQModel: codes of successive inputs packed in 32-bit words, zero points of successive outputs, float16
 * scales and the group of each input. Zero points are stored less 1, unless one is 0: that needs the layout's second version.
 * @see Frantar et al. 2023 (GPTQ), the packing of its published code
 */
export const gptq: ExportFormat = {
  name: "gptq",
  summary: "packed codes as GPTQ's loaders read them: 2, 3, 4 or 8 bits",
  floats: "F16",
  plan: async (request) => {
    const summary = await summarizeGrids("gptq", request.variant);
    checkBits(summary.bits);
    checkShapes(request.variant, summary);
    const isSecond = summary.hasZeroOfNought;
    const quantization = quantizationOf(summary, isSecond ? "gptq_v2" : "gptq");
    const second = "a zero point is 0, which the first version of the layout can't say: written as gptq_v2";
    return packedPlan(request, {
      summary,
      quantization,
      file: { name: "quantize_config.json", content: quantization },
      notes: [...gridNotes(summary), ...(isSecond ? [second] : []), ...floatNotes(request.floats)],
      tensors: ({ rows, cols, groups }) => [
        { suffix: "qweight", shape: [(cols * summary.bits) / 32, rows], pack: (grid) => packGptqWeights(grid).words },
        {
          suffix: "qzeros",
          shape: [groups, (rows * summary.bits) / 32],
          pack: (grid) => packGptqZeros(grid, isSecond ? 0 : 1).words,
        },
        { suffix: "g_idx", shape: [cols], pack: ({ groupIndex }) => groupIndex },
      ],
    });
  },
};

function checkBits(bits: number): void {
  if (BITS.includes(bits)) return;
  throw new InputError({
    where: "export as gptq",
    found: `${bits} bits`,
    expected: "2, 3, 4 or 8, which the layout packs",
    remedy: "export as safetensors or gguf",
  });
}

function checkShapes({ weights }: Variant, { sites, bits }: GridSummary): void {
  for (const site of sites) {
    const [rows, cols] = weights.shape(site);
    if ((rows * bits) % 32 === 0 && (cols * bits) % 32 === 0) continue;
    throw new InputError({
      where: `export as gptq, ${site}`,
      found: `${rows} outputs and ${cols} inputs`,
      expected: `multiples of ${32 / greatestCommonDivisor(32, bits)}, so that ${bits}-bit codes fill whole words`,
      remedy: "export as safetensors or gguf",
    });
  }
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

function quantizationOf(summary: GridSummary, format: "gptq" | "gptq_v2"): Readonly<Record<string, unknown>> {
  const { bits, group, symmetric, inOrder, sites, denseSites } = summary;
  const rules = denseSites.map((site) => [`-:^${huggingFaceModule(site).replaceAll(".", "\\.")}$`, {}] as const);
  return {
    ...{ quant_method: "gptq", bits, group_size: group, sym: symmetric, desc_act: !inOrder },
    ...{ checkpoint_format: format, pack_dtype: "int32", lm_head: false, static_groups: false, true_sequential: true },
    ...(rules.length === 0
      ? {}
      : // GPTQModel's way to say it, and that of transformers with optimum
        { dynamic: Object.fromEntries(rules), modules_in_block_to_quantize: [[...sites].map(huggingFaceModule)] }),
    meta: { quantizer: ["touchstone"] },
  };
}
