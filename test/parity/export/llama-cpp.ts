import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The part of the addon of `@node-llama-cpp/linux-x64` that is used: llama.cpp in 30 MB, without the 700 MB of the whole package. */
interface Addon {
  setLogger(log: (level: number, message: string) => void): void;
  setLoggerLogLevel(level: number): void;
  loadBackends(folder: string): void;
  init(): Promise<void>;
  dispose(): Promise<void>;
  AddonModel: new (path: string, options: object) => AddonModel;
  AddonContext: new (model: AddonModel, options: object) => AddonContext;
  AddonSampler: new (model: AddonModel) => { applyConfig(options: object): void; dispose(): void };
}
interface AddonModel {
  init(): Promise<boolean>;
  tokenize(text: string, parseSpecial: boolean): Uint32Array;
  dispose(): Promise<void>;
}
interface AddonContext {
  init(): Promise<boolean>;
  initBatch(size: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, wanted: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  disposeSequence(sequence: number): void;
  sampleToken(at: number, sampler: object, ...wanted: readonly boolean[]): Promise<[unknown, unknown, unknown, number[]]>;
  dispose(): Promise<void>;
}

/** A GGUF file in llama.cpp, on the processor, keys and values of the cache in float32. */
export interface LlamaCpp {
  tokenize(text: string): number[];
  /** Log-probabilities of the token behind the last: [vocabulary]. */
  next(tokens: readonly number[]): Promise<Float64Array>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const FOLDER = "bins/linux-x64";

/** The addon's folder, or undefined where the package isn't installed: it is optional, for Linux on x64 with glibc. */
export function addonFolder(): string | undefined {
  try {
    const folder = join(dirname(require.resolve("@node-llama-cpp/linux-x64")), "..", FOLDER);
    return existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

const isAddon = (value: unknown): value is Addon =>
  typeof value === "object" && value !== null && "AddonModel" in value && "AddonContext" in value && "AddonSampler" in value;

/** @throws Error if llama.cpp doesn't load the file; its own words are in the message */
export async function openLlamaCpp(path: string): Promise<LlamaCpp> {
  const folder = addonFolder();
  if (folder === undefined) throw new Error("no @node-llama-cpp/linux-x64");
  const addon: unknown = require(join(folder, "llama-addon.node"));
  if (!isAddon(addon)) throw new Error("another addon than that of this version");
  const said: string[] = [];
  addon.setLogger((level, message) => level <= 2 && said.push(message.trim()));
  addon.setLoggerLogLevel(2);
  addon.loadBackends(folder);
  await addon.init();
  const model = new addon.AddonModel(path, { gpuLayers: 0, useMmap: true, addonExports: addon });
  if (!(await model.init())) throw new Error(`llama.cpp doesn't load ${path}: ${said.join(" ")}`);
  const cache = { kvCacheKeyType: 0, kvCacheValueType: 0, flashAttention: false };
  const context = new addon.AddonContext(model, { contextSize: 256, batchSize: 256, sequences: 1, threads: 2, ...cache });
  if (!(await context.init())) throw new Error(`llama.cpp opens no context: ${said.join(" ")}`);
  const sampler = new addon.AddonSampler(model);
  sampler.applyConfig({ temperature: 0 });
  return {
    tokenize: (text) => [...model.tokenize(text, false)],
    next: async (tokens) => {
      context.disposeSequence(0);
      context.initBatch(tokens.length);
      const [at] = context.addToBatch(0, 0, Uint32Array.from(tokens), Uint32Array.of(tokens.length - 1));
      await context.decodeBatch();
      const [, , , pairs] = await context.sampleToken(at, sampler, false, false, true);
      return logSoftmax(pairs);
    },
    close: async () => {
      sampler.dispose();
      await context.dispose();
      await model.dispose();
    },
  };
}

/** @param pairs token, logit, token, logit, … */
function logSoftmax(pairs: readonly number[]): Float64Array {
  const logits = new Float64Array(pairs.length / 2);
  for (let i = 0; i < pairs.length; i += 2) logits[pairs[i]] = pairs[i + 1];
  return logProbabilities(logits);
}

/** Logits of one position -> log-probabilities, in float64. [V] -> [V] */
export function logProbabilities(logits: ArrayLike<number>): Float64Array {
  let most = -Infinity;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] - most);
  const shift = most + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - shift);
}

/** Largest difference among the tokens that either side takes for likelier than one in a thousand. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  const floor = Math.log(1e-3);
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) if (Math.max(a[i], b[i]) > floor) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}
