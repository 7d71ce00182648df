/** So much text of one cell is shown, in UTF-16 units: more makes a notebook that no browser opens. */
export const SHOWN_TEXT = 8 * 1024 * 1024;

/** How much of each cell's text is shown. */
export interface Allowance {
  /** What of this text is still to be shown; the first time that it is less, a remark too. */
  take(cell: number, text: string): { readonly shown: string; readonly remark?: string };
  /** The cell is over: says how much there was, if not all of it was shown. */
  end(cell: number): string | undefined;
  /** What the cell has shown was cleared away. */
  renew(cell: number): void;
}

/** Accounts by cell; a cell's late text, written by a timer, still counts. */
export function createAllowance(limit: number = SHOWN_TEXT): Allowance {
  const accounts = new Map<number, { shown: number; written: number }>();
  return {
    take: (cell, text) => {
      const account = accounts.get(cell) ?? { shown: 0, written: 0 };
      accounts.set(cell, account);
      const before = account.written > account.shown;
      const shown = text.slice(0, Math.max(0, limit - account.shown));
      account.shown += shown.length;
      account.written += text.length;
      if (before || account.written === account.shown) return { shown };
      return { shown, remark: `\n[beyond ${limit} characters the output is not shown; %%tee FILE writes all of it to a file]\n` };
    },
    end: (cell) => {
      const { shown, written } = accounts.get(cell) ?? { shown: 0, written: 0 };
      if (written === shown) accounts.delete(cell); // only what was shortened is remembered
      return written > shown ? `[${written} characters were written, the first ${shown} are shown]\n` : undefined;
    },
    renew: (cell) => void accounts.delete(cell),
  };
}

/** A text of at most so many characters, and how many more there were. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} more characters)`;
}
