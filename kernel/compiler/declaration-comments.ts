import type * as tsModule from "@tslab/typescript-for-tslab";

/** tslab's TypeScript. */
type TypeScript = typeof tsModule;

/** A documentation comment that has its line to itself, as declaration files have them. */
const DOCUMENTATION = /^([ \t]*)\/\*\*(?!\/)/gm;
/** Installed packages' declarations, TypeScript's own library and Touchstone's built one. */
const INSTALLED = /\/(?:node_modules|dist)\/.*\.d\.[cm]?ts$/;

type ReadFile = (path: string, encoding?: string) => string | undefined;

/**
 * Hides documentation from the parser: parsing the comments of Node's types takes more than a third of a start. Places stay the
 * same, so that `restoreComments` finds a comment when someone asks for it.
 */
export function muteComments(path: string, text: string | undefined): string | undefined {
  return text !== undefined && INSTALLED.test(path) ? text.replace(DOCUMENTATION, "$1/* ") : text;
}

/** Makes TypeScript's symbols and signatures read a muted comment from its file when their documentation is first asked for. */
export function restoreComments(ts: TypeScript, readFile: ReadFile): void {
  const allocator: unknown = Reflect.get(ts, "objectAllocator");
  for (const kind of ["getSymbolConstructor", "getSignatureConstructor"]) {
    const prototype = prototypeOf(allocator, kind);
    for (const name of ["getDocumentationComment", "getJsDocTags"]) {
      const original: unknown = Reflect.get(prototype, name);
      if (!isMethod(original)) throw new Error(`TypeScript's ${kind} has no ${name}`);
      const reading = function (this: Documented, ...given: unknown[]): unknown {
        for (const node of this.declarations ?? [this.declaration]) if (node) restoreAt(ts, node, readFile);
        return original.apply(this, given);
      };
      Reflect.set(prototype, name, reading);
    }
  }
}

/** What a symbol or a signature knows of its places. */
interface Documented {
  readonly declarations?: readonly tsModule.Node[];
  readonly declaration?: tsModule.Node;
}

/** A comment may stand before the declaration or before the statement that it is in. */
function restoreAt(ts: TypeScript, declaration: tsModule.Node, readFile: ReadFile): void {
  const file = declaration.getSourceFile();
  if (!INSTALLED.test(file.fileName)) return;
  const text = readFile(file.fileName);
  if (text === undefined) return;
  for (let node = declaration; !ts.isSourceFile(node) && !ts.isBlock(node); node = node.parent) {
    const known: unknown = Reflect.get(node, "jsDoc");
    const comments = known === undefined ? commentsBefore(ts, text, node.pos) : [];
    if (comments.length > 0) {
      Reflect.set(node, "jsDoc", comments);
      Reflect.deleteProperty(node, "jsDocCache");
    }
    if (ts.isVariableStatement(node) || ts.isTypeElement(node) || ts.isClassElement(node) || ts.isModuleBlock(node)) return;
  }
}

/** The parser's own reading of the comments that end before a place, each taken from a file of its own. */
function commentsBefore(ts: TypeScript, text: string, place: number): unknown[] {
  const ranges = ts.getLeadingCommentRanges(text, place) ?? [];
  return ranges.flatMap(({ pos, end }) => {
    const comment = text.slice(pos, end);
    if (!comment.startsWith("/**")) return [];
    const [statement] = ts.createSourceFile(
      "comment.d.ts",
      `${comment}\ndeclare const it: unknown;`,
      ts.ScriptTarget.Latest,
      true,
    ).statements;
    const found: unknown = Reflect.get(statement, "jsDoc");
    return isList(found) ? found : [];
  });
}

function prototypeOf(allocator: unknown, kind: string): object {
  const get: unknown = typeof allocator === "object" && allocator !== null ? Reflect.get(allocator, kind) : undefined;
  const made: unknown = isMethod(get) ? get.call(allocator) : undefined;
  const prototype: unknown = typeof made === "function" ? made.prototype : undefined;
  if (typeof prototype !== "object" || prototype === null) throw new Error(`TypeScript's allocator has no ${kind}`);
  return prototype;
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isMethod = (value: unknown): value is (this: unknown, ...given: unknown[]) => unknown => typeof value === "function";
