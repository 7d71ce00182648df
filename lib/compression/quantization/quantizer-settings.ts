import { InputError } from "../../core/errors.js";
import type { ModelConfig } from "../../model/config.js";
import { inputWidths } from "../input-widths.js";
import type { VariantFigures } from "../method.js";

/** Settings that every quantizer has. */
export type QuantizerSettings = {
  /** 2–8 */
  readonly bits: number;
  /** Inputs that share a grid, or "channel": all of an output's. null: the model's standard group. */
  readonly group: number | "channel" | null;
  /** The same range on both sides of 0, without a zero point. */
  readonly symmetric: boolean;
};

/** 128 where it divides all input widths, else 64; "channel" where no layer has 64 inputs. */
export function standardGroup(config: ModelConfig): number | "channel" {
  const widths = inputWidths(config);
  if (widths.every((width) => width % 128 === 0)) return 128;
  return Math.max(...widths) >= 64 ? 64 : "channel";
}

/** Checks the settings and puts the standard group in. @throws InputError naming the setting */
export function completeQuantizer<Settings extends QuantizerSettings>(
  where: string,
  settings: Settings,
  config: ModelConfig,
): Settings {
  checkBits(where, settings.bits);
  if (settings.group === null) return { ...settings, group: standardGroup(config) };
  checkGroup(where, settings.group, Math.max(...inputWidths(config)));
  return settings;
}

/** @throws InputError if groups are to be static where an output's inputs are one group */
export function checkStaticGroups<Settings extends QuantizerSettings & { readonly staticGroups: boolean }>(
  where: string,
  settings: Settings,
): Settings {
  if (!settings.staticGroups || settings.group !== "channel") return settings;
  throw new InputError({
    where: `${where}, staticGroups`,
    found: 'true with the group "channel"',
    expected: "it only with groups",
    remedy: "leave it out: a channel's grid is always made before the walk",
  });
}

/** "rtn-4bit-g64", "rtn-3bit-channel-sym", and what goes into the variant's row. */
export function quantizerFigures(method: string, { bits, group, symmetric }: QuantizerSettings): VariantFigures {
  const grouped = group === "channel" ? "channel" : `g${group ?? "?"}`;
  const name = [method, `${bits}bit`, grouped, ...(symmetric ? ["sym"] : [])].join("-");
  return { name, bits, pattern: null, group, rate: bits / 16 };
}

function checkBits(where: string, bits: number): void {
  if (Number.isInteger(bits) && bits >= 2 && bits <= 8) return;
  throw new InputError({ where: `${where}, bits`, found: String(bits), expected: "a whole number from 2 to 8" });
}

function checkGroup(where: string, group: unknown, widest: number): void {
  if (group === "channel") return;
  if (typeof group === "number" && Number.isInteger(group) && group >= 2 && group <= widest) return;
  throw new InputError({
    where: `${where}, group`,
    found: JSON.stringify(group) ?? "nothing",
    expected: `a whole number from 2 to ${widest}, the widest layer's inputs, or "channel"`,
    remedy: 'take 64 or 128, or "channel" for one grid an output',
  });
}
