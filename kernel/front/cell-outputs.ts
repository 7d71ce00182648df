import type { Fields } from "./fields.js";

/** What a notebook file keeps below a cell (nbformat 4). */
export type CellOutput =
  | { readonly output_type: "stream"; readonly name: string; text: string }
  | { readonly output_type: "display_data"; data: unknown; metadata: unknown }
  | {
      readonly output_type: "execute_result";
      readonly execution_count: unknown;
      readonly data: unknown;
      readonly metadata: unknown;
    }
  | { readonly output_type: "error"; readonly ename: unknown; readonly evalue: unknown; readonly traceback: unknown };

/** Gathers what cells publish into what a notebook file keeps. */
export interface OutputGatherer {
  /** What is published under this parent is added to the list returned. */
  begin(parent: string): readonly CellOutput[];
  take(type: string, content: Fields, parent: string): void;
}

interface Gathered {
  readonly outputs: CellOutput[];
  /** The next output replaces all there are. */
  clearing: boolean;
}

type Shown = Extract<CellOutput, { output_type: "display_data" }>;

/** Streams are joined; an update changes what was shown under its id, in an earlier cell too; a clear empties the cell's list. */
export function gatherOutputs(): OutputGatherer {
  const cells = new Map<string, Gathered>();
  const shown = new Map<string, Shown[]>();
  return {
    begin: (parent) => {
      const cell: Gathered = { outputs: [], clearing: false };
      cells.set(parent, cell);
      return cell.outputs;
    },
    take: (type, content, parent) => {
      const cell = cells.get(parent);
      if (cell !== undefined && Object.hasOwn(TAKERS, type)) TAKERS[type](content, cell, shown);
    },
  };
}

type Taker = (content: Fields, cell: Gathered, shown: Map<string, Shown[]>) => void;

const TAKERS: Readonly<Record<string, Taker>> = {
  stream: ({ name, text }, cell) => {
    const last = cell.clearing ? undefined : cell.outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text += String(text);
    else add(cell, { output_type: "stream", name: String(name), text: String(text) });
  },
  display_data: display,
  update_display_data: (content, cell, shown) => {
    const known = shown.get(displayId(content.transient) ?? "");
    if (known === undefined) display(content, cell, shown);
    for (const output of known ?? []) Object.assign(output, { data: content.data, metadata: content.metadata });
  },
  execute_result: ({ execution_count, data, metadata }, cell) =>
    add(cell, { output_type: "execute_result", execution_count, data, metadata }),
  error: ({ ename, evalue, traceback }, cell) => add(cell, { output_type: "error", ename, evalue, traceback }),
  clear_output: ({ wait }, cell) => {
    if (wait === true) cell.clearing = true;
    else cell.outputs.length = 0;
  },
};

function add(cell: Gathered, output: CellOutput): void {
  if (cell.clearing) cell.outputs.length = 0;
  cell.clearing = false;
  cell.outputs.push(output);
}

function display({ data, metadata, transient }: Fields, cell: Gathered, shown: Map<string, Shown[]>): void {
  const output: Shown = { output_type: "display_data", data, metadata };
  add(cell, output);
  const id = displayId(transient);
  if (id !== undefined) shown.set(id, [...(shown.get(id) ?? []), output]);
}

function displayId(transient: unknown): string | undefined {
  if (typeof transient !== "object" || transient === null) return undefined;
  const id: unknown = Reflect.get(transient, "display_id");
  return typeof id === "string" ? id : undefined;
}
