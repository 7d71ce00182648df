import { join } from "node:path";

import { InputError } from "../../lib/core/errors.js";
import type { Variant } from "../../lib/index.js";
import { calibrationOptions, warnOfCalibration } from "./calibration.js";
import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { flag, integer, list, number, required, text } from "./parameters.js";
import { currentModel, currentStudy, follow, library, responders } from "./workspace.js";

const exportNames = async (): Promise<string[]> => Object.keys((await library()).exportFormats);
const methodNames = async (): Promise<string[]> => Object.keys((await library()).methods);

/** `%compress`: variants of the model, with size, error and perplexity. */
export const compress = magic({
  name: "compress",
  kind: "line",
  summary: "Makes variants of the model, one for each combination of the lists, and measures their perplexity",
  positional: { methods: required(list(text("methods", { values: methodNames, shape: "METHOD" }))) },
  options: {
    bits: list(integer("bits of a quantized weight", { min: 2, max: 8 })),
    pattern: list(
      text("what is pruned: a share such as 50%, or n:m, which keeps n of each m", {
        values: ["50%", "2:4", "4:8"],
        shape: "PATTERN",
      }),
    ),
    group: text("inputs that share a scale: a number, or channel for a whole row", {
      values: ["64", "128", "channel"],
      shape: "N|channel",
    }),
    symmetric: flag("a grid around zero, without zero points"),
    actOrder: flag("GPTQ: inputs with the largest activations first"),
    damp: number("GPTQ and SparseGPT: share of the Hessian's mean diagonal added to its diagonal", { min: 0, max: 1 }),
    ...calibrationOptions,
    seed: list(integer("seeds with which the calibration text is drawn", { min: 0 })),
    keep: list(text("matrices that stay dense: down, blocks.0, blocks.3.q", { shape: "SITE" })),
    text: text("a text file to measure perplexity on, in place of ours", { shape: "FILE" }),
    save: text("exports each variant into DIR/VARIANT, as other programs load it", { shape: "DIR" }),
    format: text("of the export: safetensors for transformers, packed gptq or awq, gguf for llama.cpp", {
      values: exportNames,
      shape: "FORMAT",
    }),
    noPerplexity: flag("makes the variants only"),
  },
  examples: [
    "%compress rtn --bits 8,4,3 --group 64  // three variants by round-to-nearest",
    "%compress magnitude --pattern 50%,2:4  // two pruned ones",
    "%compress rtn --bits 4 --group channel --symmetric --keep down",
    "%compress rtn --bits 4 --save exports --format gguf  // exports/rtn-4bit-g64/model.gguf",
    "%compress gptq,awq --bits 4,3 --calibration mini --samples 32 --length 256 --seed 0,1",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const { compress: make, sweepRecipes, variantsTable } = await library();
    const { session, signal } = context;
    const model = currentModel(session);
    const { methods, bits, pattern: patterns, damp, calibration, samples, length, seed: seeds, keep } = given;
    const group = groupOf(given.group);
    await checkSave(given);
    const flags = { ...(given.symmetric ? { symmetric: true } : {}), ...(given.actOrder ? { actOrder: true } : {}) };
    const request = { methods, bits, patterns, group, damp, calibration, samples, length, seeds, keep, ...flags };
    const recipes = sweepRecipes(request, model.config);
    const study = await currentStudy(session);
    const rows = () => variantsTable(study, { variants: [...session.variants.values()].map(({ id }) => id) });
    const shown = { displayId: `compress-${++shownTables}` };
    const watched = { seen: new Set<string>(), text: given.text };
    for (const [i, recipe] of recipes.entries()) {
      await warnOfCalibration(recipe, watched, context);
      const variant = await follow(make(model, recipe, { signal }), context);
      session.variants.set(variant.name, variant);
      await save(variant, given, context);
      await measure(context, { text: given.text, measured: !given.noPerplexity });
      if (i + 1 < recipes.length) context.display(await rows(), { ...shown, update: i > 0 });
    }
    context.live.finish();
    if (recipes.length > 1) context.display({ "text/plain": "" }, { ...shown, raw: true, update: true });
    return rows();
  },
});

/** Tables that were shown while they grew; each has a name of its own. */
let shownTables = 0;

function groupOf(word: string | undefined): number | "channel" | undefined {
  if (word === undefined || word === "channel") return word;
  const size = Number(word);
  if (Number.isInteger(size) && size > 0) return size;
  throw new InputError({
    where: "%compress, --group",
    found: JSON.stringify(word),
    expected: "a whole number of inputs, or channel",
  });
}

/** Before any work. @throws InputError for a format that is none, or one without a folder */
async function checkSave({ save: folder, format }: SaveOptions): Promise<void> {
  if (format === undefined) return;
  (await library()).exportFormatNamed(format);
  if (folder === undefined)
    throw new InputError({ where: "%compress, --format", found: format, expected: "--save DIR beside it" });
}

/** Exports a variant where `--save` says so, and shows what the files don't hold. */
async function save(variant: Variant, { save: folder, format }: SaveOptions, context: MagicContext): Promise<void> {
  if (folder === undefined) return;
  const { exportVariant } = await library();
  const target = join(folder, variant.name.replace(/[^A-Za-z0-9.+-]/g, "-"));
  const options = { folder: target, format: format ?? "safetensors", signal: context.signal };
  const { notes } = await follow(exportVariant(variant, options), context);
  if (notes.length > 0) context.display({ "text/plain": `${target}: ${notes.join("; ")}` }, { raw: true });
}

interface SaveOptions {
  readonly save: string | undefined;
  readonly format: string | undefined;
}

/** Perplexity of all variants of the session; what the study holds already is not measured again. */
async function measure(
  context: MagicContext,
  { text, measured }: { text: string | undefined; measured: boolean },
): Promise<void> {
  const { measurePerplexity, readText } = await library();
  const { session, signal } = context;
  const variants = [...session.variants.values()];
  const study = await currentStudy(session);
  const { name, content } = await readText(text);
  const tokens = measured ? currentModel(session).tokenizer.encode(content) : [];
  await follow(
    measurePerplexity(study, { text: name, tokens, variants, responderFor: responders(session, context), signal }),
    context,
  );
}
