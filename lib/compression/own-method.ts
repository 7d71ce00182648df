import { InputError } from "../core/errors.js";
import { fingerprint, type Plain } from "../core/fingerprint.js";
import { breathe } from "../core/progress.js";
import { createRandom } from "../core/random.js";
import type { ModelConfig } from "../model/config.js";
import { LINEAR_KINDS } from "../model/linear-sites.js";
import { inputWidths } from "./input-widths.js";
import type {
  BlockInput,
  CompressedLinear,
  CompressionMethod,
  InputStatistics,
  MethodSettings,
  VariantFigures,
} from "./method.js";
import { addMethod } from "./plan.js";
import { keepMask } from "./pruning/keep-mask.js";
import { completePruner, prunerFigures, type PrunerSettings } from "./pruning/pruner-settings.js";
import { parsePattern } from "./pruning/sparsity-pattern.js";
import { completeQuantizer, quantizerFigures, type QuantizerSettings } from "./quantization/quantizer-settings.js";
import type { MaskedMatrix, QuantizedMatrix, WeightMatrix } from "./stored-matrix.js";

interface Own<Settings> {
  /** As `%compress` calls it: small letters, digits and hyphens. */
  readonly name: string;
  /** One line for help. */
  readonly summary?: string;
  /** All settings with their standard values. */
  readonly defaults: Settings;
  /** What of the calibration set it looks at; default "nothing". */
  readonly needs?: "nothing" | "input-norms";
}

/** A pruner of a person's own: a rule for how much each weight matters. */
export interface OwnPruner<Settings extends MethodSettings & PrunerSettings = PrunerSettings> extends Own<Settings> {
  /**
   * Those with the lowest scores become zero, by the pattern: of the whole matrix, or of each m inputs. The same weights and settings
   * must give the same scores: draw from `createRandom(seed)`.
   * @returns [rows · cols], row-major, none of them negative
   */
  scores(weight: WeightMatrix, settings: Settings, inputs?: InputStatistics): Float32Array;
}

/** A quantizer of a person's own: integer codes for each matrix. */
export interface OwnQuantizer<Settings extends MethodSettings & QuantizerSettings = QuantizerSettings> extends Own<Settings> {
  /** The same weights and settings must give the same codes. */
  quantize(weight: WeightMatrix, settings: Settings, inputs?: InputStatistics): QuantizedMatrix;
}

/**
 * Makes a pruner known, in this process, to `%compress` and `planRecipe`. Registered again, it takes the earlier one's place. Its
 * variants are named by what it does, not only by its name, so that a changed rule never gets an earlier one's weights or answers.
 * @throws InputError for a name that is none, or one of ours
 */
export function registerPruner<Settings extends MethodSettings & PrunerSettings>(own: OwnPruner<Settings>): void {
  const where = `compression method ${own.name}`;
  register(own, {
    kind: "prune",
    make: (weight, settings, inputs) => maskOf(where, weight, { scores: own.scores(weight, settings, inputs), settings }),
    complete: (settings, config) => completePruner(where, settings, config),
    figures: (settings) => prunerFigures(where, settings),
  });
}

/** The same for a quantizer. @see registerPruner */
export function registerQuantizer<Settings extends MethodSettings & QuantizerSettings>(own: OwnQuantizer<Settings>): void {
  const where = `compression method ${own.name}`;
  register(own, {
    kind: "quantize",
    make: (weight, settings, inputs) => own.quantize(weight, settings, inputs),
    complete: (settings, config) => completeQuantizer(where, settings, config),
    figures: (settings) => quantizerFigures(own.name, settings),
  });
}

interface Making<Settings> extends Pick<CompressionMethod, "kind"> {
  readonly make: (weight: WeightMatrix, settings: Settings, inputs?: InputStatistics) => MaskedMatrix | QuantizedMatrix;
  readonly complete: (settings: Settings, config: ModelConfig) => Settings;
  readonly figures: (settings: Settings) => VariantFigures;
}

function register<Settings extends MethodSettings>(own: Own<Settings>, making: Making<Settings>): void {
  const { name, summary = "a method of your own", needs = "nothing" } = own;
  const where = `compression method ${name}`;
  const { kind, make } = making;
  const method: CompressionMethod<Settings & { readonly behaviour: string | null }> = {
    ...{ name, kind, summary, needs, defaults: { ...own.defaults, behaviour: null } },
    complete: (settings, config) => {
      const complete = { ...settings, ...making.complete(settings, config) };
      const behaviour = behaviourOf(where, config, (weight, inputs) =>
        make(weight, complete, needs === "nothing" ? undefined : inputs),
      );
      if (settings.behaviour === null || settings.behaviour === behaviour) return { ...complete, behaviour };
      throw new InputError({
        where: `${where}, behaviour`,
        found: behaviour,
        expected: `${settings.behaviour}, as when the recipe was made: a name for what the rule does`,
        remedy: "the rule has changed: leave behaviour out to compress with the new one",
      });
    },
    figures: (settings) => {
      const figures = making.figures(settings);
      return { ...figures, name: `${figures.name}-${settings.behaviour ?? "?"}` };
    },
    compressBlock: async function* (block: BlockInput, settings): AsyncGenerator<CompressedLinear> {
      for (const each of LINEAR_KINDS.filter((one) => block.kinds.includes(one))) {
        const dense = await block.read(each);
        const inputs = needs === "nothing" ? undefined : await block.statistics(each);
        yield { kind: each, dense, stored: make(dense, settings, inputs) };
        await breathe();
      }
    },
  };
  addMethod(method);
}

function maskOf(where: string, weight: WeightMatrix, { scores, settings }: Scored): MaskedMatrix {
  const { rows, cols } = weight;
  const refuse = (found: string): InputError =>
    new InputError({ where: `${where}, scores`, found, expected: `${rows * cols} finite numbers, none negative` });
  if (scores.length !== rows * cols) throw refuse(`${scores.length} scores`);
  const positive = new Float32Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    if (!(scores[i] >= 0 && scores[i] < Infinity)) throw refuse(`${scores[i]} at position ${i}`);
    positive[i] = scores[i] + 0; // no −0, whose bits sort below all others
  }
  return { kind: "masked", rows, cols, mask: keepMask(positive, parsePattern(where, settings.pattern)) };
}

interface Scored {
  readonly scores: Float32Array;
  readonly settings: PrunerSettings;
}

const PROBE_ROWS = 16;
const DIGITS = 6;

/**
 * What a rule does to a matrix that is the same every time: a name for it that changes with all that it calls.
 * @throws InputError where it does something else the second time
 */
function behaviourOf(
  where: string,
  config: ModelConfig,
  make: (weight: WeightMatrix, inputs: InputStatistics) => MaskedMatrix | QuantizedMatrix,
): string {
  const width = Math.max(...inputWidths(config));
  const random = createRandom("what an own method does");
  const values = Float32Array.from({ length: PROBE_ROWS * width }, () => random.normal());
  const meanSquares = Float32Array.from({ length: width }, () => 0.5 + random.uniform());
  const act = (): string => {
    const weight = { rows: PROBE_ROWS, cols: width, values: values.slice() };
    return fingerprint(plain(make(weight, { width, tokens: width, meanSquares: meanSquares.slice() }))).slice(0, DIGITS);
  };
  const [first, second] = [act(), act()];
  if (first === second) return first;
  throw new InputError({
    where,
    found: "other weights each time",
    expected: "the same from the same weights and settings",
    remedy: "draw from createRandom(seed), made anew in each call, in place of Math.random",
  });
}

/** All that tells two stored matrices apart. */
function plain(stored: MaskedMatrix | QuantizedMatrix): Plain {
  const { kind, rows, cols } = stored;
  if (stored.kind === "masked") return { kind, rows, cols, mask: bytes(stored.mask) };
  const { bits, group, symmetric, codes, scales, zeros, groupIndex } = stored;
  const index = groupIndex === undefined ? null : bytes(groupIndex);
  return { kind, rows, cols, bits, group, symmetric, codes: bytes(codes), scales: bytes(scales), zeros: bytes(zeros), index };
}

const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");
