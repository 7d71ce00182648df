import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type * as tsModule from "@tslab/typescript-for-tslab";
import type { Converter, Diagnostic } from "tslab/dist/converter.js";
import type { SideFile } from "../link.js";
import type { Ambient, AmbientPart } from "./ambient.js";
import { createCommonJsPass } from "./commonjs.js";
import { lightBuilder } from "./light-builder.js";
import { muteComments, restoreComments } from "./declaration-comments.js";

/** tslab's TypeScript. */
export type TypeScript = typeof tsModule;

/** A cell in JavaScript. */
export interface Converted {
  readonly diagnostics: readonly Diagnostic[];
  readonly output: string;
  /** Declarations for later cells. */
  readonly declarations: string;
  readonly lastValue: string | null;
  readonly imports: readonly string[];
  /** Source maps: TypeScript to ES module, ES module to `output`. */
  readonly maps: readonly string[];
  readonly sideFiles: readonly SideFile[];
}

/** Errors of the parser alone, by offset. */
export interface ParseError {
  readonly start: number;
  readonly code: number;
}

/** tslab's converter, made to understand ESM packages, our globals and source positions. */
export interface CellConverter {
  readonly ts: TypeScript;
  convert(declarations: string, text: string): Converted;
  complete: Converter["complete"];
  inspect: Converter["inspect"];
  parseErrors(text: string): ParseError[];
  /** Where the text's first JSX element is, if it is TypeScript but for its JSX. */
  jsxAt(text: string): number | undefined;
  close(): void;
}

/** One second pass, ES module to CommonJS. */
interface Transpiled {
  readonly output: string;
  readonly imports: readonly string[];
  readonly maps: readonly string[];
}

const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/;

/**
 * Makes a converter for cells that run in the process's folder. Takes about a second.
 * @param ambient what cells have in scope; a part's full declarations are read when a text first uses one of its names
 */
export function createCellConverter(ambient: Ambient): CellConverter {
  const scope = { text: declarationsOf(ambient, new Set()), changed: (): void => undefined };
  const admitted = new Set<AmbientPart>();
  const { ts, tslab, passes } = loadPatched(scope);
  const converter = tslab.createConverter();
  const admit = (text: string): void => {
    const named = ambient.filter((part) => !admitted.has(part) && part.names.test(text));
    if (named.length === 0) return;
    for (const part of named) admitted.add(part);
    scope.text = declarationsOf(ambient, admitted);
    scope.changed();
  };
  return {
    ts,
    convert: (declarations, text) => {
      passes.clear();
      admit(text);
      return describe(converter.convert(declarations, text), passes);
    },
    complete: (declarations, text, position) => {
      admit(text);
      return converter.complete(declarations, text, position);
    },
    inspect: (declarations, text, position) => {
      admit(text);
      return converter.inspect(declarations, text, position);
    },
    parseErrors: (text) => parseErrors(ts, text),
    jsxAt: (text) => jsxAt(ts, text),
    close: () => converter.close(),
  };
}

const declarationsOf = (ambient: Ambient, admitted: ReadonlySet<AmbientPart>): string =>
  ambient.map((part) => (admitted.has(part) ? part.full : part.light)).join("\n");

/** The generated declarations as they stand, and whom to tell that they changed. */
interface Scope {
  text: string;
  changed: () => void;
}

/** The package's folder, from the sources and from dist alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/** tslab's TypeScript alone, unpatched: for the scanner. */
export function loadTypeScript(): TypeScript {
  const require = createRequire(import.meta.url);
  return require(typeScriptPath(require)) as TypeScript;
}

const typeScriptPath = (require: NodeJS.Require): string =>
  require.resolve("@tslab/typescript-for-tslab", { paths: [require.resolve("tslab")] });

interface Patched {
  readonly ts: TypeScript;
  readonly tslab: { createConverter(): Converter };
  /** Second passes of the last conversion, by their output. */
  readonly passes: Map<string, Transpiled>;
}

/** tslab copies TypeScript's functions when it is loaded: the two that must differ are replaced before. */
function loadPatched(scope: Scope): Patched {
  const require = createRequire(import.meta.url);
  const path = typeScriptPath(require);
  const ts = require(path) as TypeScript;
  const passes = new Map<string, Transpiled>();
  const commonJs = createCommonJsPass(ts);
  const patched = {
    ...ts,
    createWatchCompilerHost: (...given: unknown[]) => watchHost(ts, given, scope),
    transpileModule: (text: string, options: tsModule.TranspileOptions) => {
      const pass = transpile(commonJs, text, options.compilerOptions ?? {});
      passes.set(pass.output, pass);
      return { outputText: pass.output };
    },
  };
  const cached = require.cache[path];
  if (!cached) throw new Error("tslab's TypeScript is not in the module cache");
  cached.exports = patched;
  restoreComments(ts, (path) => ts.sys.readFile(path));
  const tslab = require("tslab/dist/converter") as Patched["tslab"];
  cached.exports = ts;
  return { ts, tslab, passes };
}

/** The line of exports that tslab appends to a cell. */
const EXPORTS = /\nexport \{[^{}\n]*\}$/;

/** TypeScript keeps `__name` as `___name`, and tslab exports it so: such names would not be found. */
const spellExports = (path: string, text: string | undefined): string | undefined =>
  path.endsWith("/__tslab__.ts") ? text?.replace(EXPORTS, (line) => line.replace(/(?<![\w$])___(?=[\w$])/g, "__")) : text;

/** Resolves ESM packages, knows our globals, and keeps positions. */
function watchHost(ts: TypeScript, given: readonly unknown[], scope: Scope): unknown {
  const [roots, options, sys, , ...rest] = given as [string[], tsModule.CompilerOptions, tsModule.System, unknown, ...never[]];
  const root = packageRoot();
  const types = join(root, "kernel", "compiler", "ambient");
  const generated = join(types, "kernel", "magics.d.ts");
  const system: tsModule.System = Object.assign(Object.create(sys) as tsModule.System, {
    readFile: (path: string, encoding?: string) =>
      path === generated ? scope.text : muteComments(path, spellExports(path, sys.readFile(path, encoding))),
    fileExists: (path: string) => path === generated || sys.fileExists(path),
    watchFile: (path: string, callback: tsModule.FileWatcherCallback, ...rates: never[]) => {
      if (path !== generated) return sys.watchFile?.(path, callback, ...rates);
      scope.changed = () => callback(path, ts.FileWatcherEventKind.Changed);
      return { close: () => undefined };
    },
  });
  const extended = {
    ...options,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    inlineSourceMap: true,
    experimentalDecorators: false, // the standard ones
    pathsBasePath: "/", // a path must lie below it, or TypeScript does not name the module by it
    paths: { arquero: [relative("/", join(root, "node_modules", "arquero", "dist", "types", "index.d.ts"))] },
    typeRoots: [...(options.typeRoots ?? []), join(root, "node_modules", "@types"), types],
    types: ["node", "kernel"],
  };
  return ts.createWatchCompilerHost(roots, extended, system, lightBuilder(ts), ...rest);
}

type CommonJsPass = ReturnType<typeof createCommonJsPass>;

/** The second pass, and the maps of both if the first has one. */
function transpile(pass: CommonJsPass, text: string, options: tsModule.CompilerOptions): Transpiled {
  const inline = INLINE_MAP.exec(text);
  const { output, imports, map } = pass(inline ? text.slice(0, inline.index) : text, options);
  const first = inline ? [Buffer.from(inline[1], "base64").toString("utf8")] : [];
  return { output, imports, maps: map === "" ? first : [...first, map] };
}

function describe(result: ReturnType<Converter["convert"]>, passes: ReadonlyMap<string, Transpiled>): Converted {
  const own = passes.get(result.output ?? "");
  return {
    diagnostics: result.diagnostics,
    output: result.output ?? "",
    declarations: result.declOutput ?? "",
    lastValue: result.lastExpressionVar ?? null,
    imports: own?.imports ?? [],
    maps: own?.maps ?? [],
    sideFiles: (result.sideOutputs ?? []).map(({ path, data }) => ({
      path,
      output: data,
      imports: passes.get(data)?.imports ?? [],
    })),
  };
}

function parseErrors(ts: TypeScript, text: string): ParseError[] {
  return errorsOf(ts.createSourceFile("cell.ts", text, ts.ScriptTarget.Latest, true));
}

function errorsOf(parsed: tsModule.SourceFile): ParseError[] {
  const file = parsed as tsModule.SourceFile & {
    readonly parseDiagnostics?: readonly { readonly start: number; readonly code: number }[];
  };
  return (file.parseDiagnostics ?? []).map(({ start, code }) => ({ start, code }));
}

function jsxAt(ts: TypeScript, text: string): number | undefined {
  const file = ts.createSourceFile("cell.tsx", text, ts.ScriptTarget.Latest, true);
  if (errorsOf(file).length > 0) return undefined;
  const find = (node: tsModule.Node): number | undefined =>
    ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)
      ? node.getStart(file)
      : ts.forEachChild(node, find);
  return find(file);
}
