import { parseArgs, type ParseArgsConfig } from "node:util";

import { InputError, unknownName } from "../../lib/index.js";

/** One word after `touchstone`. */
export interface Command {
  readonly summary: string;
  /** How it is written, without the program's name: "install [--prefix DIR]". */
  readonly usage: string;
  /** Does it. @returns the exit status   @throws Error in words for a person */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** The options that are given, by name: a text, or true for a switch. */
export type GivenOptions = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Reads a command's options.
 * @throws InputError naming an unknown option and the nearest known ones, a missing value, or a word that is none
 */
export function readOptions(
  command: string,
  args: readonly string[],
  options: NonNullable<ParseArgsConfig["options"]>,
): GivenOptions {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind === "positional")
      throw new InputError({ where: command, found: JSON.stringify(token.value), expected: "options only" });
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(options, token.name)) throw unknownName(`option of ${command}`, Object.keys(options), token.name);
    if (options[token.name].type === "string" && !token.value) {
      throw new InputError({ where: `${command} --${token.name}`, found: "no value", expected: "one" });
    }
    given[token.name] = token.value ?? true;
  }
  return given;
}
