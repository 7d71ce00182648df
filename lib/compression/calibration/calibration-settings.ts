import { basename } from "node:path";

import { InputError } from "../../core/errors.js";
import type { ModelConfig } from "../../model/config.js";

/** What a recipe says of its calibration set; every method that looks at one has these settings. */
export type CalibrationSettings = {
  /** "mini", "self", "c4", or the path of a file: a text, JSON lines with a field "text", or JSON with lists of token ids. */
  readonly calibration: string;
  /** Sequences; null: the set's standard. */
  readonly samples: number | null;
  /** Tokens a sequence; null: the set's standard, as far as the model's context goes. */
  readonly length: number | null;
  readonly seed: number;
};

/** The same with nothing left open. */
export type CompleteCalibration = CalibrationSettings & { readonly samples: number; readonly length: number };

/** Named sets with their standard sizes; C4's is the one of the papers (Frantar et al. 2023, section 4). */
export const CALIBRATION_SIZES: Readonly<Record<string, { readonly samples: number; readonly length: number }>> = {
  mini: { samples: 32, length: 256 },
  self: { samples: 32, length: 256 },
  c4: { samples: 128, length: 2048 },
};

/** The names of calibration sets that are no files. */
export const CALIBRATION_NAMES: readonly string[] = Object.keys(CALIBRATION_SIZES);

/** What holds where a recipe says nothing. */
export const CALIBRATION_DEFAULTS: CalibrationSettings = { calibration: "mini", samples: null, length: null, seed: 0 };

const FILE_SIZE = CALIBRATION_SIZES["c4"];
const MOST_SAMPLES = 65_536;

/** Puts the standard sizes in. @throws InputError naming the setting that is out of range */
export function completeCalibration(where: string, settings: CalibrationSettings, config: ModelConfig): CompleteCalibration {
  const { calibration, seed } = settings;
  const standard = Object.hasOwn(CALIBRATION_SIZES, calibration) ? CALIBRATION_SIZES[calibration] : FILE_SIZE;
  const samples = settings.samples ?? standard.samples;
  const length = settings.length ?? Math.min(standard.length, config.context);
  checkName(where, calibration);
  checkWhole(`${where}, samples`, samples, [1, MOST_SAMPLES]);
  checkWhole(`${where}, length`, length, [2, config.context]);
  checkWhole(`${where}, seed`, seed, [0, 2 ** 31 - 1]);
  return { calibration, samples, length, seed };
}

function checkName(where: string, calibration: string): void {
  if (Object.hasOwn(CALIBRATION_SIZES, calibration) || /[./\\]/.test(calibration)) return;
  throw new InputError({
    where: `${where}, calibration`,
    found: JSON.stringify(calibration.slice(0, 80)),
    expected: `one of ${CALIBRATION_NAMES.join(", ")}, or the path of a .txt, .jsonl or .json file`,
  });
}

function checkWhole(where: string, value: unknown, [least, most]: readonly [number, number]): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError({ where, found: JSON.stringify(value) ?? "nothing", expected: `a whole number from ${least} to ${most}` });
}

/** For a variant's name: "seed0"; "c4-seed1", "mini-64x1024-seed0" where set or size are not the standard. */
export function calibrationSuffix({ calibration, samples, length, seed }: CompleteCalibration): string {
  const isNamed = Object.hasOwn(CALIBRATION_SIZES, calibration);
  const standard = isNamed ? CALIBRATION_SIZES[calibration] : FILE_SIZE;
  const name = isNamed ? calibration : fileName(calibration);
  const size = samples === standard.samples && length === standard.length ? "" : `-${samples}x${length}`;
  const set = calibration === CALIBRATION_DEFAULTS.calibration && size === "" ? "" : `${name}${size}-`;
  return `${set}seed${seed}`;
}

/** A file's name without its ending, as part of variants' names. */
const fileName = (path: string): string =>
  basename(path)
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9._]+/g, "_")
    .slice(0, 60);
