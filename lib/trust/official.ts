import type { GenerationSettings, Item } from "./item.js";
import type { LayeredFiles } from "../formats/layered-files.js";

/** What was read of DecodingTrust's own files for a part of a dimension. */
export interface OfficialPart {
  readonly items: readonly Item[];
  /** What the published score is made of and these files lack, by name: "enron: not in the release". */
  readonly missing: readonly string[];
}

/** What was read of DecodingTrust's own files for a dimension. */
export interface OfficialItems extends OfficialPart {
  /** The published settings; an item's own lie over them. */
  readonly generation: GenerationSettings;
}

/** Reads one dimension from DecodingTrust's files. */
export interface OfficialReader {
  /** What it may read, below the folder: nothing else of an archive is unpacked. */
  readonly wanted: readonly string[];
  /** @throws InputError naming file and line; a file that is absent is named in `missing` instead */
  read(files: LayeredFiles): Promise<OfficialItems>;
}
