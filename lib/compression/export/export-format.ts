import type { FolderDraft } from "../../formats/index.js";
import type { Variant } from "../variant.js";
import type { ExportSource } from "./export-source.js";

/** How the numbers of tensors that are not packed are stored. */
export const FLOATS = ["F32", "F16", "BF16"] as const;

/** An element type of the numbers that are not packed. */
export type Floats = (typeof FLOATS)[number];

/** What is exported, and from where its text comes. */
export interface ExportRequest {
  readonly variant: Variant;
  readonly source: ExportSource;
  readonly floats: Floats;
}

/** An export that can be written: everything that the format can't say has been refused. */
export interface ExportPlan {
  /** About as many bytes as will be written. */
  readonly bytes: number;
  /** What differs from the variant, and what a reader of the files must know. */
  readonly notes: readonly string[];
  /** Writes the files; yields the name of each tensor before it. */
  readonly write: (draft: FolderDraft) => AsyncGenerator<string, void, void>;
  /** Tensors that `write` will yield. */
  readonly tensors: number;
}

/** A layout of files that other programs load. A new one is one file and one line in catalogue.ts. */
export interface ExportFormat {
  /** As on the command line. */
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  /** What the other tensors are stored as unless asked for otherwise. */
  readonly floats: Floats;
  /** @throws InputError naming what of the variant the format can't say */
  plan(request: ExportRequest): Promise<ExportPlan>;
}
