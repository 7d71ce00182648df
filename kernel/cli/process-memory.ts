import { readdir, readFile } from "node:fs/promises";

/** The most memory that a process and all its descendants held together, in bytes, as seen twice a second. */
export interface MemoryWatch {
  /** The peak so far, or undefined where there is no /proc. */
  readonly peak: () => number | undefined;
  readonly stop: () => void;
}

/** Sums proportional set sizes (PSS: a page that several processes share counts once) over the process tree below `root`. */
export function watchMemory(root: number): MemoryWatch {
  let peak: number | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const sizes = await Promise.all((await processTree(root)).map(proportionalSize));
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum > 0) peak = Math.max(peak ?? 0, sum);
    busy = false;
  };
  const timer = setInterval(() => void look(), 500);
  return {
    peak: () => peak,
    stop: () => clearInterval(timer),
  };
}

/** The ids of a process and of all below it; none without /proc. */
export async function processTree(root: number): Promise<readonly number[]> {
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(ids.map(async (id) => [id, await parentOf(id)] as const)));
  const tree = [root];
  for (const member of tree) tree.push(...ids.filter((id) => parents.get(id) === member)); // the list grows while it is walked
  return tree;
}

/** The fourth field of /proc/ID/stat; the second, the program's name in brackets, may hold anything. */
async function parentOf(id: number): Promise<number> {
  const text = await readFile(`/proc/${id}/stat`, "latin1").catch(() => "");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

async function proportionalSize(id: number): Promise<number> {
  const text = await readFile(`/proc/${id}/smaps_rollup`, "latin1").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}
