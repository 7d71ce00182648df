import { join } from "node:path";
import { constants, runInThisContext } from "node:vm";

/**
 * `import()` as code in that folder would do it. Packages that are not installed there are taken from the kernel's own
 * (Arquero, Vega), so that a notebook needs no installation beside it.
 */
export function createImport(folder: string): (specifier: string) => Promise<object> {
  const made: unknown = runInThisContext("(specifier) => import(specifier)", {
    filename: join(folder, "cell.js"),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return async (specifier) => {
    try {
      return toModule(isImport(made) ? await made(specifier) : undefined, specifier);
    } catch (error) {
      if (!isMissing(error) || /^(?:\.|\/|\w+:)/.test(specifier)) throw error;
      return toModule(await importOurs(specifier, error), specifier);
    }
  };
}

async function importOurs(specifier: string, first: unknown): Promise<unknown> {
  try {
    const namespace: unknown = await import(specifier);
    return namespace;
  } catch {
    throw first;
  }
}

function toModule(namespace: unknown, specifier: string): object {
  if (typeof namespace === "object" && namespace !== null) return namespace;
  throw new Error(`import of ${specifier} gave no module`);
}

const isImport = (value: unknown): value is (specifier: string) => Promise<unknown> => typeof value === "function";
const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
