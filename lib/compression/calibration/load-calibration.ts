import { join } from "node:path";

import { InputError } from "../../core/errors.js";
import { fingerprint } from "../../core/fingerprint.js";
import type { Plain } from "../../core/fingerprint.js";
import type { Progress, Task } from "../../core/progress.js";
import { createRandom } from "../../core/random.js";
import { cachedEntry, draftEntry, openSafetensors, writeSafetensors } from "../../formats/index.js";
import type { Model } from "../../model/model.js";
import { calibrationSet } from "./calibration-set.js";
import type { CalibrationSet } from "./calibration-set.js";
import { CALIBRATION_NAMES } from "./calibration-settings.js";
import type { CompleteCalibration } from "./calibration-settings.js";
import { sampleOwnText } from "./own-text.js";
import { readCalibrationTexts, readTokenSequences } from "./texts.js";
import { drawWindows } from "./windows.js";

/** Raise it when sets are drawn in another way. */
const CALIBRATION_VERSION = 1;

/**
 * The calibration set of a recipe, drawn with its seed. Its token ids are kept in the cache: the same settings give the same
 * tokens, also where drawing them needs the model or a hub.
 * @throws InputError if the text is too short or can't be had
 */
export async function* loadCalibration(model: Model, settings: CompleteCalibration, signal?: AbortSignal): Task<CalibrationSet> {
  const { calibration, samples, length, seed } = settings;
  const source = await sourceOf(model, settings, signal);
  const identity = { version: CALIBRATION_VERSION, model: model.digest, samples, length, seed, source: source.identity };
  const entry = `calibration/${fingerprint(identity)}`;
  const name = CALIBRATION_NAMES.includes(calibration) ? calibration : source.name;
  const cached = await cachedEntry(entry);
  const tokens = cached === undefined ? yield* drawTokens(source, entry) : await readTokens(cached);
  checkTokens(tokens, model, name);
  return calibrationSet({ name, samples, length, seed, tokens });
}

interface Source {
  readonly name: string;
  /** What the drawn tokens depend on beside model, sizes and seed. */
  readonly identity: Plain;
  readonly draw: () => AsyncGenerator<Progress, Int32Array, void>;
}

async function sourceOf(model: Model, settings: CompleteCalibration, signal?: AbortSignal): Promise<Source> {
  const { calibration: name, samples, length, seed } = settings;
  if (name === "self") return { name, identity: name, draw: () => sampleOwnText(model, settings, signal) };
  if (/\.json$/i.test(name)) return sourceOfTokens(name, await readTokenSequences(name, samples, length));
  const { where, texts, digest } = await readCalibrationTexts(name);
  return {
    name,
    identity: { file: digest },

    draw: async function* () {
      const [separator] = model.tokenizer.endOfText;
      const joined = texts.flatMap((text) => [...model.tokenizer.encode(text), ...(separator === undefined ? [] : [separator])]);
      const random = createRandom(seed).fork("calibration");
      return Promise.resolve(drawWindows(joined, { samples, length, where: `calibration set ${where}` }, random));
    },
  };
}

/** Tokens that are there as they are. */
function sourceOfTokens(name: string, tokens: Int32Array): Source {
  return {
    name,
    identity: { tokens: [...tokens] },
    draw: async function* () {
      return Promise.resolve(tokens);
    },
  };
}

const TOKENS = "tokens.safetensors";

async function* drawTokens({ draw }: Source, entry: string): AsyncGenerator<Progress, Int32Array, void> {
  const tokens = yield* draw();
  const draft = await draftEntry(entry);
  try {
    await writeSafetensors(join(draft.folder, TOKENS), [
      { name: "tokens", storage: "I32", shape: [tokens.length], data: tokens },
    ]);
    await draft.publish();
  } finally {
    await draft.discard();
  }
  return tokens;
}

async function readTokens(folder: string): Promise<Int32Array> {
  const file = await openSafetensors(join(folder, TOKENS));
  try {
    return new Int32Array((await file.readBytes("tokens")).buffer);
  } finally {
    await file.close();
  }
}

/** @throws InputError if a token is none of the model's: a tokenizer may know more than the embedding has rows */
function checkTokens(tokens: Int32Array, { config }: Model, name: string): void {
  const wrong = tokens.find((token) => token < 0 || token >= config.vocabulary);
  if (wrong === undefined) return;
  throw new InputError({
    where: `calibration set ${name}`,
    found: `the token ${wrong}`,
    expected: `tokens below ${config.vocabulary}, the rows of the embedding`,
  });
}
