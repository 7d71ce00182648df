import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Ends a process and all below it. */
export function endTree(root: number): void {
  end([root, ...descendants(root)]);
}

/** Ends all that this process started. */
export function endDescendants(): void {
  end(descendants(process.pid));
}

function end(ids: readonly number[]): void {
  for (const id of ids) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      continue; // it has ended by itself
    }
  }
}

/** The ids of the processes below one, parents before children. */
export function descendants(root: number): readonly number[] {
  const parents = parentsOfAll();
  const tree = [root];
  for (const member of tree) for (const [id, parent] of parents) if (parent === member) tree.push(id); // grows while it is walked
  return tree.slice(1);
}

/** Each process's parent: from /proc, or from ps where there is none. */
function parentsOfAll(): ReadonlyMap<number, number> {
  const ids = numbersIn("/proc");
  if (ids.length > 0) return new Map(ids.map((id) => [id, parentOf(id)]));
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = (stdout ?? "").trim().split("\n");
  return new Map(rows.map((row) => row.trim().split(/\s+/).map(Number)).map(([id, parent]) => [id, parent]));
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The fourth field of /proc/ID/stat; the second, the program's name in brackets, may hold anything. */
function parentOf(id: number): number {
  try {
    const text = readFileSync(`/proc/${id}/stat`, "latin1");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}
