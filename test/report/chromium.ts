import { existsSync } from "node:fs";

/** Where a Chromium is: the one that `CHROMIUM` names, or the system's. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Tests that look at a page are skipped, visibly, where there is none. */
export const hasChromium = existsSync(CHROMIUM);

/** Without a sandbox, as in containers, and without a word to the network. */
export const LAUNCH = {
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"],
};
