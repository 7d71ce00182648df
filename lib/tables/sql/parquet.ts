import { InputError } from "../../core/errors.js";
import type { Selection } from "../../analysis/index.js";
import type { Study } from "../../study/index.js";
import { itemsTable } from "../items.js";
import { putTable, withDatabase } from "./database.js";

/**
 * Writes the answers of a study, the columns of `%results`, as a Parquet file.
 * @returns the rows written
 * @throws InputError where the file can't be written
 */
export async function saveParquet(study: Study, path: string, selection: Selection = {}): Promise<number> {
  const table = await itemsTable(study, selection);
  return withDatabase({ files: true }, async (connection, library) => {
    await putTable({ connection, library }, "answers", table);
    try {
      await connection.run(`COPY answers TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`);
    } catch (error) {
      const found = error instanceof Error ? error.message.split("\n")[0] : String(error);
      throw new InputError({ where: path, found, expected: "a file that can be written, in a folder that is there" });
    }
    return table.numRows();
  });
}
