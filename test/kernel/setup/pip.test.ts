import { readdirSync } from "node:fs";

import { expect, test } from "vitest";

import { downloadWheel, explainPip, runPip } from "../../../kernel/setup/pip.js";
import { temporaryFolder } from "./temporary-folder.js";

const REFUSED =
  "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<HTTPConnection>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/x/";

test.each([
  [
    "no connection",
    `${REFUSED}\nERROR: No matching distribution found for x==1`,
    /^missing: network .*\[Errno 111\] Connection refused.*HTTPS_PROXY/,
  ],
  [
    "no name",
    "WARNING: … NameResolutionError: Temporary failure in name resolution",
    /^missing: network .*Temporary failure in name resolution/,
  ],
  [
    "a bad certificate",
    "SSLError(1, '[SSL] certificate verify failed: unable')",
    /^missing: network .*certificate verify failed.*PIP_CERT/,
  ],
  ["a full disk", "ERROR: Could not install: [Errno 28] No space left on device", /disk space/],
  [
    "an unknown version",
    "ERROR: No matching distribution found for x==9",
    /^pip failed: No matching distribution found for x==9$/,
  ],
  ["something else", "one\ntwo\n", /^pip failed: one two$/],
  ["nothing", "", /said nothing/],
])("pip's failure with %s becomes a sentence with its remedy", (_kind, stderr, sentence) => {
  expect(explainPip({ status: 1, stdout: "", stderr })).toMatch(sentence);
});

test("a pip that can't run leaves no temporary files and says so", async () => {
  const folder = temporaryFolder();
  await expect(runPip(["download"], { python: "no-such-python", folder, note: () => undefined }, "")).rejects.toThrow(
    /pip failed: .*ENOENT/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a wheel whose download fails is not taken for one", async () => {
  const job = { python: "false", folder: temporaryFolder(), note: () => undefined };
  await expect(downloadWheel({ requirement: "x==1", bytes: 1, sha256: "" }, job)).rejects.toThrow(/pip failed/);
});
