import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import type { SideFile } from "../link.js";
import { createImport } from "./native-import.js";

/** The library's name in cells' imports. */
const OWN_NAME = "touchstone";
const OWN_ENTRY = new URL("../../lib/index.js", import.meta.url).href;

type Require = (specifier: string) => unknown;

/** How cells import: ESM and CommonJS packages, local files that the compiler converted, JSON. */
export interface Modules {
  /** Local files come in a new form. */
  readonly replace: (files: readonly SideFile[]) => void;
  /** Loads what a cell will require, so that `require` can answer at once. */
  readonly preload: (specifiers: readonly string[]) => Promise<void>;
  readonly require: Require;
  /** `import(x)` of a cell. */
  readonly import: (specifier: string) => Promise<unknown>;
}

/** Modules that were loaded, and local files, by path. */
interface Store {
  readonly root: string;
  readonly nativeImport: (specifier: string) => Promise<object>;
  readonly sideFiles: Map<string, SideFile>;
  readonly sideModules: Map<string, { exports: unknown }>;
  readonly facades: Map<string, object>;
}

/** Modules as seen from a folder: the notebook's. */
export function createModules(root: string): Modules {
  const store: Store = {
    root,
    nativeImport: createImport(root),
    sideFiles: new Map(),
    sideModules: new Map(),
    facades: new Map(),
  };
  return {
    replace: (files) => {
      for (const file of files) store.sideFiles.set(file.path, file);
      if (files.length > 0) store.sideModules.clear(); // a file that imports a changed one runs anew too
    },
    preload: (specifiers) => preload(store, { specifiers, folder: root, seen: new Set() }),
    require: requireFrom(store, root),
    import: async (specifier) => {
      const side = sidePath(store, specifier, root);
      if (side === undefined) return store.nativeImport(address(specifier, root));
      await preload(store, { specifiers: [specifier], folder: root, seen: new Set() });
      return requireSide(store, side);
    },
  };
}

/** Imports to be loaded, as they stand in a file of that folder. */
interface Wanted {
  readonly specifiers: readonly string[];
  readonly folder: string;
  /** Local files that were met: they may import in a circle. */
  readonly seen: Set<string>;
}

async function preload(store: Store, { specifiers, folder, seen }: Wanted): Promise<void> {
  for (const specifier of specifiers) {
    const side = sidePath(store, specifier, folder);
    const file = side === undefined ? undefined : store.sideFiles.get(side);
    if (file && !seen.has(file.path)) {
      seen.add(file.path);
      await preload(store, { specifiers: file.imports, folder: dirname(file.path), seen });
    }
    if (file || extname(specifier) === ".json") continue;
    const where = address(specifier, folder);
    if (!store.facades.has(where)) store.facades.set(where, facade(await store.nativeImport(where)));
  }
}

/** The converted local file that a specifier means. */
function sidePath({ sideFiles }: Store, specifier: string, folder: string): string | undefined {
  if (!/^\.{0,2}\//.test(specifier)) return undefined;
  const path = resolve(folder, specifier).replaceAll("\\", "/");
  return [path, `${path}.js`, path.replace(/\.tsx?$/, ".js"), `${path}/index.js`].find((name) => sideFiles.has(name));
}

/** Files are imported under their address, so that each folder means its own. */
function address(specifier: string, folder: string): string {
  if (specifier === OWN_NAME) return OWN_ENTRY;
  return specifier.startsWith(".") ? pathToFileURL(resolve(folder, specifier)).href : specifier;
}

function requireFrom(store: Store, folder: string): Require {
  const nativeRequire = createRequire(join(folder, "cell.js"));
  return (specifier) => {
    const side = sidePath(store, specifier, folder);
    if (side !== undefined) return requireSide(store, side);
    const loaded: unknown = store.facades.get(address(specifier, folder)) ?? nativeRequire(specifier);
    return loaded;
  };
}

/** Runs a converted local file once. */
function requireSide(store: Store, path: string): unknown {
  const known = store.sideModules.get(path);
  if (known) return known.exports;
  const module = { exports: {} };
  store.sideModules.set(path, module);
  const output = store.sideFiles.get(path)?.output ?? "";
  const wrapped = `(function (exports, require, module, __filename, __dirname, __import) {${output}\n})`;
  const run: unknown = runInThisContext(wrapped, { filename: path });
  const folder = dirname(path);
  if (isFunction(run)) run(module.exports, requireFrom(store, folder), module, path, folder, store.nativeImport);
  return module.exports;
}

/** What `require` gives for an imported module: its named exports, then what a CommonJS module's default has. */
function facade(namespace: object): object {
  const standard: unknown = Reflect.get(namespace, "default");
  const inner = (typeof standard === "object" && standard !== null) || typeof standard === "function" ? standard : undefined;
  if (inner && Reflect.get(inner, "__esModule") === true) return inner;
  return new Proxy(
    {},
    {
      get: (_target, name): unknown => {
        if (name === "__esModule") return true;
        return Reflect.has(namespace, name) || !inner ? Reflect.get(namespace, name) : Reflect.get(inner, name);
      },
      has: (_target, name) => Reflect.has(namespace, name) || (inner !== undefined && Reflect.has(inner, name)),
      ownKeys: () => Reflect.ownKeys(namespace).filter((name) => typeof name === "string"),
      getOwnPropertyDescriptor: (_target, name) => {
        const value: unknown = Reflect.get(namespace, name);
        return { value, enumerable: true, configurable: true };
      },
    },
  );
}

const isFunction = (value: unknown): value is (...values: unknown[]) => unknown => typeof value === "function";
