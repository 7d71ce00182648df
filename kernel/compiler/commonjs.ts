import type * as tsModule from "@tslab/typescript-for-tslab";

type TypeScript = typeof tsModule;

/** A module's code as CommonJS. */
export interface CommonJs {
  readonly output: string;
  /** Specifiers of the imports that are left. */
  readonly imports: readonly string[];
  /** Source map (JSON) from the output to the text; empty where every character stayed in its place. */
  readonly map: string;
}

const FILE = "cell.js";
const FOLDER = "commonjs";
const GLOBALS = "globals.d.ts";
/** Without them TypeScript composes an error about each, with a list of all that newer languages have. */
const GLOBAL_TYPES = `interface Array<T> {} interface ReadonlyArray<T> {} interface ThisType<T> {}
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number {} interface Object {} interface RegExp {} interface String {}`;

/** Turns JavaScript that TypeScript made from ES modules into CommonJS, in which `import(x)` is `__import(x)`. */
export function createCommonJsPass(ts: TypeScript): (text: string, options: tsModule.CompilerOptions) => CommonJs {
  const globals = ts.createSourceFile(GLOBALS, GLOBAL_TYPES, ts.ScriptTarget.Latest);
  return (text, options) => {
    const source = ts.createSourceFile(FILE, text, options.target ?? ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
    const output = assignExports(ts, source);
    return output === undefined ? compile(ts, { source, globals }, options) : { output, imports: [], map: "" };
  };
}

/**
 * A cell that declares nothing exports the value of its last expression only, a name that nothing else uses: `export const` is then
 * `exports.`, in as many characters. @returns undefined for any other text
 */
function assignExports(ts: TypeScript, source: tsModule.SourceFile): string | undefined {
  const { text, statements } = source;
  if (/\bimport\b/.test(text)) return undefined;
  let [output, at] = ["", 0];
  const put = (from: number, to: number, words: string): void => {
    output += text.slice(at, from) + words;
    at = to;
  };
  for (const statement of statements) {
    if (!mentionsExport(ts, statement)) continue;
    const start = statement.getStart(source);
    const name = exportedName(ts, statement)?.getStart(source);
    if (name !== undefined) put(start, name, `${"exports".padEnd(name - start - 1)}.`);
    else if (isEmptyExport(ts, statement)) put(start, statement.end, " ".repeat(statement.end - start));
    else return undefined;
  }
  return output + text.slice(at);
}

function mentionsExport(ts: TypeScript, statement: tsModule.Statement): boolean {
  if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) return true;
  return ts.canHaveModifiers(statement) && isExported(ts, statement);
}

const isExported = (ts: TypeScript, statement: tsModule.HasModifiers): boolean =>
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

/** The name in `export const name = …`. */
function exportedName(ts: TypeScript, statement: tsModule.Statement): tsModule.Identifier | undefined {
  if (!ts.isVariableStatement(statement)) return undefined;
  const [first, ...others] = statement.declarationList.declarations;
  return others.length === 0 && first.initializer && ts.isIdentifier(first.name) ? first.name : undefined;
}

const isEmptyExport = (ts: TypeScript, statement: tsModule.Statement): boolean =>
  ts.isExportDeclaration(statement) &&
  statement.moduleSpecifier === undefined &&
  statement.exportClause !== undefined &&
  ts.isNamedExports(statement.exportClause) &&
  statement.exportClause.elements.length === 0;

interface Sources {
  readonly source: tsModule.SourceFile;
  readonly globals: tsModule.SourceFile;
}

/** TypeScript's own transformation. The text was checked before, so it is not checked again, as in later versions' `noCheck`. */
function compile(ts: TypeScript, { source, globals }: Sources, options: tsModule.CompilerOptions): CommonJs {
  const imports = new Set<string>();
  const written = new Map<string, string>();
  source.hasNoDefaultLib = true; // with skipDefaultLibCheck: not to be checked
  const files = new Map([source, globals].map((file) => [file.fileName, file]));
  const program = ts.createProgram([GLOBALS, FILE], { ...options, ...ALONE }, hostOf(files));
  const before = [(context: tsModule.TransformationContext) => rewriteImports(ts, context, imports)];
  program.emit(source, (name, data) => void written.set(name, data), undefined, false, { before });
  const output = (written.get(`${FOLDER}/${FILE}`) ?? "").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  return { output, imports: [...imports], map: written.get(`${FOLDER}/${FILE}.map`) ?? "" };
}

/** One file of which nothing else is known. */
const ALONE: tsModule.CompilerOptions = {
  allowJs: true,
  isolatedModules: true,
  noLib: true,
  noResolve: true,
  outDir: FOLDER,
  skipDefaultLibCheck: true,
  sourceMap: true,
  types: [],
};

const hostOf = (files: ReadonlyMap<string, tsModule.SourceFile>): tsModule.CompilerHost => ({
  getSourceFile: (name) => files.get(name),
  writeFile: () => undefined,
  getDefaultLibFileName: () => "lib.d.ts",
  useCaseSensitiveFileNames: () => true,
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => "",
  getNewLine: () => "\n",
  fileExists: (name) => files.has(name),
  readFile: () => undefined,
});

/** `import(x)` becomes `__import(x)`, and the specifiers of imports are collected. */
function rewriteImports(
  ts: TypeScript,
  context: tsModule.TransformationContext,
  imports: Set<string>,
): tsModule.Transformer<tsModule.SourceFile> {
  const visit = (node: tsModule.Node): tsModule.Node => {
    const declares = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (declares && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) imports.add(node.moduleSpecifier.text);
    const visited = ts.visitEachChild(node, visit, context);
    if (!ts.isCallExpression(visited) || visited.expression.kind !== ts.SyntaxKind.ImportKeyword) return visited;
    return ts.factory.updateCallExpression(visited, ts.factory.createIdentifier("__import"), undefined, visited.arguments);
  };
  return (file) => ts.visitEachChild(file, visit, context);
}
