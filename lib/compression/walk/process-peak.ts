/** Watches how much memory this process holds. */
export interface PeakWatch {
  /** Looks once; call it where much is held. */
  look(): void;
  /** Bytes: the process's own record if it was broken since the watch began, else the most that a look saw. */
  peak(): number;
}

/** Begins to watch. */
export function watchPeak(): PeakWatch {
  const record = (): number => process.resourceUsage().maxRSS * 1024;
  const before = record();
  let seen = process.memoryUsage.rss();
  const look = (): void => {
    seen = Math.max(seen, process.memoryUsage.rss());
  };
  return {
    look,
    peak: () => {
      look();
      return record() > before ? record() : seen;
    },
  };
}
