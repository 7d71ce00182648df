import { InputError } from "../../lib/core/errors.js";
import { closestNames, lookup } from "../../lib/core/lookup.js";
import * as catalogue from "./catalogue.js";
import type { Guide } from "./context.js";
import { helpText, overview, usage } from "./help-text.js";
import type { Magic } from "./magic.js";

/** All magics by name, sorted. */
export function allMagics(): Readonly<Record<string, Magic>> {
  const entries: [string, Magic][] = Object.values(catalogue).map((magic) => [magic.name, magic]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws InputError with the nearest names */
export function findMagic(name: string): Magic {
  return lookup("magic", allMagics(), name);
}

/** The error for `%name` that is no magic: names the nearest. */
export function noSuchMagic(name: string): InputError {
  const names = Object.keys(allMagics());
  const [close] = closestNames(names, name.replace(/^%/, ""));
  return new InputError({
    where: `%${name}`,
    found: `no magic %${name}`,
    expected: `one of ${names.map((known) => `%${known}`).join(", ")}`,
    remedy: close === undefined ? "%help lists them" : `did you mean %${close}`,
  });
}

/** The magics' own help, for the magics that show it. */
export const guide: Guide = {
  overview: () => overview(Object.values(allMagics())),
  usages: () => Object.values(allMagics()).map(usage).join("\n"),
  about: (name) => helpText(findMagic(name)),
};
