import { join } from "node:path";

import { z } from "zod";

import { InputError, throwIfInterrupted } from "../../core/errors.js";
import { fingerprint } from "../../core/fingerprint.js";
import { lookup } from "../../core/lookup.js";
import { breathe } from "../../core/progress.js";
import type { Task } from "../../core/progress.js";
import { draftFolder, onDisk, readTextIfThere } from "../../formats/index.js";
import type { FolderDraft } from "../../formats/index.js";
import type { Variant } from "../variant.js";
import * as catalogue from "./catalogue.js";
import type { ExportFormat, ExportPlan, Floats } from "./export-format.js";
import { readSource } from "./export-source.js";

/** The export formats by name. */
export const exportFormats: Readonly<Record<string, ExportFormat>> = catalogue;

/** How a variant is exported. */
export interface ExportOptions {
  /** Where to; made whole or not at all. An empty folder and an earlier export are replaced, others are not touched. */
  readonly folder: string;
  /** A name of `exportFormats`. */
  readonly format: string;
  /** What numbers that are not packed are stored as; the format's own choice unless given. */
  readonly floats?: Floats | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was exported. */
export interface ExportReport {
  readonly folder: string;
  readonly format: string;
  /** What differs from the variant; empty where the files hold it bit for bit. */
  readonly notes: readonly string[];
}

/** The file that tells an export from other folders. */
const CARD = "touchstone.json";
const Card = z.looseObject({ touchstone: z.literal("export"), files: z.array(z.string()) });

/**
 * Writes a variant as other programs load it.
 * @throws InputError before anything is written if the format can't hold the variant, the folder has files of others, or the disk is
 * too full   @throws InterruptedError between two tensors; nothing is left then
 */
export async function* exportVariant(variant: Variant, options: ExportOptions): Task<ExportReport> {
  const format = exportFormatNamed(options.format);
  const source = await readSource(variant.model);
  const plan = await format.plan({ variant, source, floats: options.floats ?? format.floats });
  const draft = await draftFolder(options.folder, { bytes: plan.bytes, owns: isExport });
  try {
    yield* fill(draft, plan, { variant, options });
    await draft.write(CARD, cardOf(variant, format.name, { plan, files: [...(await draft.names()), CARD] }));
    await draft.publish();
  } finally {
    await draft.discard();
  }
  return { folder: options.folder, format: format.name, notes: plan.notes };
}

/** Layouts of 2:4 sparse weights that loaders once read. */
const RETIRED = new Set(["2:4", "sparse-24", "sparse-24-bitmask", "sparse-bitmask", "marlin-24", "gptq_marlin_24"]);

/** @throws InputError for a name that is none, or that of a layout which no loader reads any more */
export function exportFormatNamed(name: string): ExportFormat {
  if (!RETIRED.has(name)) return lookup("export format", exportFormats, name);
  throw new InputError({
    where: "export format",
    found: `${name}, which no loader reads any more (vLLM and compressed-tensors took it out in 2026)`,
    expected: Object.keys(exportFormats).join(" or "),
    remedy: "export as safetensors: its zeros are those of the pattern",
  });
}

async function* fill(
  draft: FolderDraft,
  plan: ExportPlan,
  { variant, options }: { variant: Variant; options: ExportOptions },
): Task<void> {
  const steps = plan.write(draft);
  const note = `${variant.name} as ${options.format}`;
  for (let done = 0; ; done++) {
    const step = await onDisk(options.folder, () => steps.next());
    if (step.done === true) break;
    yield { stage: "export", done, total: plan.tensors, note };
    await breathe();
    throwIfInterrupted(options.signal);
  }
  yield { stage: "export", done: plan.tensors, total: plan.tensors, note };
}

function cardOf(variant: Variant, format: string, { plan, files }: { plan: ExportPlan; files: readonly string[] }): string {
  const { recipe, model, name } = variant;
  const made = { variant: name, model: model.digest, recipe: { ...recipe }, fingerprint: fingerprint({ ...recipe }) };
  return `${JSON.stringify({ touchstone: "export", format, ...made, notes: plan.notes, files }, null, 1)}\n`;
}

/** Whether a folder holds one of our exports and nothing else. */
async function isExport(folder: string, names: readonly string[]): Promise<boolean> {
  const text = await readTextIfThere(join(folder, CARD));
  try {
    const card = Card.parse(JSON.parse(text ?? ""));
    return names.every((name) => card.files.includes(name));
  } catch {
    return false; // no card, or one of something else
  }
}
