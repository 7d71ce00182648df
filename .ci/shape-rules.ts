import { basename, dirname } from "node:path";

import ts from "typescript";

/** The limits of STYLE: a file, a function. */
export const MAX_FILE_LINES = 300;
export const MAX_FUNCTION_LINES = 60;

const BANNED_NAMES = ["utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "shared"];

/** What the rules say of one source file: what is wrong, and the lengths for the summary. */
export interface Shape {
  readonly findings: readonly string[];
  readonly lines: number;
  readonly functionLines: readonly number[];
}

/** Checks one file: its length and its functions', its name, a docstring at each export. */
export function shapeOf(path: string, text: string): Shape {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = text.trimEnd().split("\n").length;
  const functions = functionsOf(source);
  const findings = [
    ...(lines > MAX_FILE_LINES ? [`${path}: ${lines} lines, at most ${MAX_FILE_LINES}`] : []),
    ...functions
      .filter(({ length }) => length > MAX_FUNCTION_LINES)
      .map(({ line, length }) => `${path}:${line}: a function of ${length} lines, at most ${MAX_FUNCTION_LINES}`),
    ...bannedName(path),
    ...undocumentedExports(source).map(({ line, name }) => `${path}:${line}: the export ${name} has no docstring`),
  ];
  return { findings, lines, functionLines: functions.map(({ length }) => length) };
}

/** Folders that hold one thing only; those of declaration files are laid out as TypeScript's typeRoots want them. */
export function lonelyFolders(paths: readonly string[]): readonly string[] {
  const children = new Map<string, Set<string>>();
  for (const path of paths) {
    for (let child = path; dirname(child) !== "."; child = dirname(child)) {
      children.set(dirname(child), (children.get(dirname(child)) ?? new Set()).add(child));
    }
  }
  return [...children]
    .filter(
      ([folder, held]) => held.size === 1 && !paths.every((path) => !path.startsWith(`${folder}/`) || path.endsWith(".d.ts")),
    )
    .map(([folder]) => `${folder}: a folder with one file`);
}

function bannedName(path: string): readonly string[] {
  const words = [basename(path).split(".")[0], ...dirname(path).split("/")];
  return words.filter((word) => BANNED_NAMES.includes(word)).map((word) => `${path}: the name ${word} says nothing`);
}

function functionsOf(source: ts.SourceFile): readonly { line: number; length: number }[] {
  const found: { line: number; length: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      found.push({ line: first + 1, length: source.getLineAndCharacterOfPosition(node.end).line - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Exported declarations without a docstring; of a function's overloads only the first needs one. Re-exports need none. */
function undocumentedExports(source: ts.SourceFile): readonly { line: number; name: string }[] {
  const documented = new Set<string>();
  const bare: { line: number; name: string }[] = [];
  for (const statement of source.statements.filter(isExportedDeclaration)) {
    const name = nameOf(statement);
    if (ts.getJSDocCommentsAndTags(statement).length > 0) documented.add(name);
    else bare.push({ line: source.getLineAndCharacterOfPosition(statement.getStart()).line + 1, name });
  }
  return bare.filter(({ name }) => !documented.has(name));
}

const isExportedDeclaration = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(", ");
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement);
  if (named || ts.isTypeAliasDeclaration(statement) || ts.isEnumDeclaration(statement)) return statement.name?.text ?? "default";
  return "of another kind";
}
