import { InputError } from "../../core/errors.js";
import type { Architecture } from "./architecture.js";
import * as catalogue from "./catalogue.js";

export type { Architecture } from "./architecture.js";

/** The name of an architecture that is run. */
export type ArchitectureName = keyof typeof catalogue;

const names = (): ArchitectureName[] => Object.keys(catalogue).filter((name): name is ArchitectureName => name in catalogue);

/** Of a model that was opened. */
export const architectureNamed = (name: ArchitectureName): Architecture => catalogue[name];

/**
 * The name of the architecture that a file says it has.
 * @param said what it says in `field`   @param nameIn the name that an architecture has there
 * @throws InputError for one that isn't run, with all that are
 */
export function architectureIn(
  field: string,
  said: unknown,
  nameIn: (architecture: Architecture) => string | undefined,
): ArchitectureName {
  const found = names().find((name) => said !== undefined && nameIn(catalogue[name]) === said);
  if (found !== undefined) return found;
  const known = names()
    .map((name) => nameIn(catalogue[name]))
    .filter((name) => name !== undefined);
  throw new InputError({
    where: field,
    found: (JSON.stringify(said) ?? "nothing").slice(0, 80),
    expected: known.join(" or "),
    remedy: "other architectures are not run",
  });
}
