import { readFile } from "node:fs/promises";

import { z } from "zod";

import { InputError } from "../../lib/index.js";

const Text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const Metadata = z.looseObject({ tags: z.array(z.string()).optional() });
const Cell = z.looseObject({ cell_type: z.string(), source: Text, metadata: Metadata.default({}) });
const Touchstone = z.looseObject({
  version: z.string(),
  node: z.string(),
  typescript: z.string().optional(),
  study: z.string().optional(),
  variants: z.array(z.string()).readonly().optional(),
});
const Notebook = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.number(),
  metadata: z.looseObject({
    touchstone: Touchstone.optional(),
  }),
  cells: z.array(Cell),
});

/** A notebook's file, nbformat 4. */
export type NotebookFile = z.infer<typeof Notebook>;
/** One of its cells. */
export type NotebookCell = z.infer<typeof Cell>;

/** @throws InputError naming the file and the field that is not as nbformat 4 has it */
export async function readNotebook(path: string): Promise<NotebookFile> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const found = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError({ where: path, found, expected: "a notebook" });
  });
  const result = Notebook.safeParse(parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError({
    where: `${path}, ${issue.path.join(".") || "the whole"}`,
    found: "something else",
    expected: `a notebook of format 4: ${issue.message}`,
  });
}

/**
 * `name=value` as a cell that declares them: a value that is JSON is that value, anything else a text.
 * @throws InputError for what is no name
 */
export function parameterCell(words: readonly string[]): NotebookCell {
  const lines = words.map((word) => {
    const at = word.indexOf("=");
    const name = word.slice(0, at);
    if (at < 1 || !/^[A-Za-z_$][\w$]*$/.test(name)) {
      throw new InputError({ where: "--set", found: JSON.stringify(word), expected: "NAME=VALUE" });
    }
    return `const ${name} = ${JSON.stringify(parse(word.slice(at + 1)) ?? word.slice(at + 1))};`;
  });
  return { cell_type: "code", source: lines.join("\n"), metadata: { tags: ["injected-parameters"] }, id: "injected-parameters" };
}

/** Behind the cell that is tagged "parameters", whose values are defaults, else first; an earlier injection is replaced. */
export function withParameters(notebook: NotebookFile, words: readonly string[]): NotebookFile {
  if (words.length === 0) return notebook;
  const cells = notebook.cells.filter(({ metadata }) => !metadata.tags?.includes("injected-parameters"));
  const at = cells.findIndex(({ metadata }) => metadata.tags?.includes("parameters")) + 1;
  return { ...notebook, cells: [...cells.slice(0, at), parameterCell(words), ...cells.slice(at)] };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
