import { dirname, relative, sep } from "node:path";

import { readManifest } from "../../lib/index.js";
import { IMPLEMENTATION_VERSION, LANGUAGE_VERSION } from "../front/headless.js";
import type { NotebookFile } from "./notebook-file.js";

/** What made a notebook's outputs; `metadata.touchstone` of its file. No times and no places outside of its folder. */
export interface Provenance {
  readonly version: string;
  readonly node: string;
  readonly typescript?: string | undefined;
  /** Its study's folder, from the notebook's. */
  readonly study?: string | undefined;
  /** Titles of the study's variants, in the order they were first asked. */
  readonly variants?: readonly string[] | undefined;
}

/** What runs now. */
const versions = () => ({ version: IMPLEMENTATION_VERSION, node: process.versions.node, typescript: LANGUAGE_VERSION });

/**
 * What has made the outputs of a notebook that has just run.
 * @param notebook its file's path   @param study its study's folder, which need not be there
 */
export async function provenance(notebook: string, study: string): Promise<Provenance> {
  const manifest = await readManifest(study).catch(() => undefined); // what has run is written, whatever became of its study
  if (manifest === undefined) return versions();
  const path = relative(dirname(notebook), study).split(sep).join("/");
  return { ...versions(), study: path, variants: Object.values(manifest.variants).map(({ title }) => title) };
}

/** One line if the outputs in the file were made by other versions than those that are about to replace them. */
export function versionNotes({ metadata: { touchstone } }: Pick<NotebookFile, "metadata">): string[] {
  if (touchstone === undefined) return [];
  const [before, now] = [
    spelled(touchstone),
    spelled({ ...versions(), ...(touchstone.typescript ? {} : { typescript: undefined }) }),
  ];
  return before === now ? [] : [`the outputs in the file were made by ${before}; they are made again by ${now}`];
}

function spelled({ version, node, typescript }: Provenance): string {
  return [`touchstone ${version}`, `node ${node}`, ...(typescript === undefined ? [] : [`typescript ${typescript}`])].join(", ");
}
