import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** The lines of a gzipped text file, in order, without holding more than one of them. @throws Error if the file is damaged */
export async function* readGzipLines(path: string): AsyncGenerator<string, void, void> {
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  const unpacked = file.pipe(createGunzip());
  file.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) yield line;
    if (unpacked.errored !== null) throw unpacked.errored;
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}
