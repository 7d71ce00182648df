import { z } from "zod";

const VEGA_LITE = /^application\/vnd\.vegalite\.v\d+\+json$/;

const Output = z.object({
  output_type: z.string(),
  ename: z.string().optional(),
  evalue: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
const Notebook = z.object({ cells: z.array(z.object({ cell_type: z.string(), outputs: z.array(Output).optional() })) });

/** What is wrong with an executed notebook: error outputs, plots without marks or without data. Cells count from 1. */
export function notebookFindings(text: string): readonly string[] {
  const { cells } = Notebook.parse(JSON.parse(text));
  return cells.flatMap(({ outputs }, i) => (outputs ?? []).flatMap(outputFindings).map((finding) => `cell ${i + 1}: ${finding}`));
}

function outputFindings({ output_type, ename, evalue, data }: z.infer<typeof Output>): readonly string[] {
  if (output_type === "error") return [`${ename ?? "an error"}: ${evalue ?? ""}`];
  return Object.entries(data ?? {})
    .filter(([type]) => VEGA_LITE.test(type))
    .flatMap(([, specification]) => [
      ...(holds(specification, isMark) ? [] : ["a plot without marks"]),
      ...(holds(specification, isData) ? [] : ["a plot without data"]),
    ]);
}

const isMark = (name: string, value: unknown): boolean => name === "mark" && (typeof value === "string" || isObject(value));

/** Rows, be they inline (`values`) or named (`datasets`). */
function isData(name: string, value: unknown): boolean {
  if (name === "values") return Array.isArray(value) && value.length > 0;
  return name === "datasets" && isObject(value) && Object.values(value).some((rows) => Array.isArray(rows) && rows.length > 0);
}

/** Whether a property that the test accepts is anywhere in the value. */
function holds(value: unknown, accepts: (name: string, value: unknown) => boolean): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => accepts(name, inner) || holds(inner, accepts));
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
