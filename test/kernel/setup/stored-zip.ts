import { crc32 } from "node:zlib";

/** A zip archive of members that are stored as they are, written by hand so that it may hold names that no tool would write. */
export function storedZip(members: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  for (const [name, text] of Object.entries(members)) {
    const offset = locals.reduce((sum, part) => sum + part.length, 0);
    const fields = header(name, text);
    locals.push(Buffer.concat([u32(0x04034b50), u16(20), fields, u16(0), Buffer.from(name), Buffer.from(text)]));
    const rest = [u16(0), u16(0), u16(0), u16(0), u32(0), u32(offset)];
    central.push(Buffer.concat([u32(0x02014b50), u16(20), u16(20), fields, ...rest, Buffer.from(name)]));
  }
  const [body, directory] = [Buffer.concat(locals), Buffer.concat(central)];
  const count = u16(central.length);
  return Buffer.concat([
    body,
    directory,
    u32(0x06054b50),
    u16(0),
    u16(0),
    count,
    count,
    u32(directory.length),
    u32(body.length),
    u16(0),
  ]);
}

/** What a local header and the central directory share: flags, method, time, date, checksum, sizes, length of the name. */
function header(name: string, text: string): Buffer {
  const size = Buffer.byteLength(text);
  return Buffer.concat([u16(0), u16(0), u16(0), u16(33), u32(crc32(text)), u32(size), u32(size), u16(Buffer.byteLength(name))]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
