import type * as tsModule from "@tslab/typescript-for-tslab";

type TypeScript = typeof tsModule;

/** What makes a program of cells. */
export type CreateProgram = tsModule.CreateProgram<tsModule.BuilderProgram>;

/**
 * Programs without TypeScript's account of which file concerns which, that the converter has no use for: it would be made twice
 * for a cell that declares something, each time with a type checker of its own. Only what a cell imports is told, when asked for.
 */
export function lightBuilder(ts: TypeScript): CreateProgram {
  const bind = binderOf(ts);
  return (roots, options, ...rest) => {
    const builder = ts.createAbstractBuilder(roots, options, ...rest);
    for (const root of roots ?? []) {
      const file = builder.getSourceFile(root);
      if (file) bind(file, builder.getCompilerOptions()); // the converter reads the names of the cell before it is checked
    }
    return Object.assign(builder, { getAllDependencies: (file: tsModule.SourceFile) => dependencies(builder, file) });
  };
}

/** The file and all that it imports, by its imports' imports too. */
function dependencies(builder: tsModule.BuilderProgram, { fileName }: tsModule.SourceFile): string[] {
  const found = new Set([fileName]);
  for (const name of found) {
    const file = builder.getSourceFile(name);
    for (const imported of file ? importsOf(file) : []) if (builder.getSourceFile(imported)) found.add(imported);
  }
  return [...found];
}

/** TypeScript's own record of how a file's imports were resolved, which its declarations leave out. */
function importsOf(file: tsModule.SourceFile): string[] {
  const names: string[] = [];
  const resolutions: unknown = Reflect.get(file, "resolvedModules");
  if (!isList(resolutions)) return names;
  resolutions.forEach(({ resolvedModule }) => {
    if (resolvedModule) names.push(resolvedModule.resolvedFileName);
  });
  return names;
}

interface Resolutions {
  forEach(action: (resolution: { readonly resolvedModule?: { readonly resolvedFileName: string } }) => void): void;
}

const isList = (value: unknown): value is Resolutions => typeof value === "object" && value !== null && "forEach" in value;

type Bind = (file: tsModule.SourceFile, options: tsModule.CompilerOptions) => void;

function binderOf(ts: TypeScript): Bind {
  const bind: unknown = Reflect.get(ts, "bindSourceFile");
  if (isBind(bind)) return bind;
  throw new Error("this TypeScript has no bindSourceFile");
}

const isBind = (value: unknown): value is Bind => typeof value === "function";
