const PERIOD = 1_000;

/** Calls back once when the process that started the kernel is gone; looks once a second. */
export function watchParent(gone: () => void): void {
  const parent = process.ppid;
  const launcher = Number(process.env.JPY_PARENT_PID ?? "");
  const timer = setInterval(() => {
    if (process.ppid === parent && !isDead(launcher)) return;
    clearInterval(timer);
    gone();
  }, PERIOD);
}

/** The launcher's name is inherited by kernels started from kernels: only a dead one says something. */
function isDead(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
