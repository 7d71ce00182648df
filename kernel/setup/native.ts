import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { z } from "zod";

import { cached, cachedEntry, cacheFolder, fileDigest } from "../../lib/index.js";
import { patchName, writePatchedSource } from "./addon-source.js";
import { packageRoot } from "./package-root.js";
import { compiler, missingCompiler, missingHeaders, nodeHeaders, type Missing } from "./prerequisites.js";
import { environmentPython } from "./python.js";
import { runCommand } from "./run-command.js";
import type { Demands, Step } from "./step.js";
import * as tensorflow from "./tensorflow.js";

const ADDON = "tfjs_binding.node";

/** TensorFlow for Node: the libraries of a current wheel, and the addon of tfjs-node compiled against them. */
export async function nativeStep(): Promise<Step> {
  const build = await tensorflow.chooseBuild();
  return {
    need: "native",
    title: `TensorFlow ${tensorflow.TENSORFLOW_VERSION} (${build}) for Node`,
    isReady: () => isReady(build),
    demands: () => demands(build),
    make: (note) => makeNative(build, note),
  };
}

/**
 * An addon that loads will do, whoever built it. If it is ours, the cache entries that it stands on must be whole too,
 * so that a damaged library is noticed here and not in the middle of someone's work.
 */
async function isReady(build: tensorflow.Build): Promise<boolean> {
  const [failure, entry, libraries] = await Promise.all([
    loadFailure(addonPath()),
    cachedEntry(await addonEntryName(build)),
    tensorflow.tensorflowEntry(build),
  ]);
  if (failure !== undefined) return false;
  if (entry === undefined || libraries !== undefined) return true;
  return (await fileDigest(join(entry, ADDON))) !== (await fileDigest(addonPath()));
}

/** Nothing but a copy if the cache is whole: a new node_modules beside an old cache needs no compiler and no space. */
async function demands(build: tensorflow.Build): Promise<Demands> {
  const [entry, libraries] = await Promise.all([cachedEntry(await addonEntryName(build)), tensorflow.tensorflowEntry(build)]);
  const bytes = libraries === undefined ? tensorflow.tensorflowBytes(build) : 10e6;
  if (entry !== undefined && libraries !== undefined) return { bytes, missing: [] };
  return { bytes, missing: [...missingPlatform(), ...(await missingCompiler()), ...(await missingHeaders())] };
}

async function makeNative(build: tensorflow.Build, note: (text: string) => void): Promise<void> {
  const libraries = (await tensorflow.tensorflowEntry(build)) ?? (await fetchLibraries(build, note));
  const entry = await cached(await addonEntryName(build), async (folder) => {
    note("compiling the addon");
    await compileAddon(join(libraries, "tensorflow"), join(folder, ADDON));
  });
  note("loading");
  await replaceFile(join(entry, ADDON), addonPath());
  const failure = await loadFailure(addonPath());
  if (failure !== undefined) throw new Error(`the addon was built, but does not load: ${failure}`);
}

async function fetchLibraries(build: tensorflow.Build, note: (text: string) => void): Promise<string> {
  const python = await environmentPython();
  if (python === undefined) throw new Error("the Jupyter environment, whose pip fetches TensorFlow, is not there");
  return tensorflow.fetchTensorflow(build, { python, note });
}

/** The two C++ files of tfjs-node use only TensorFlow's stable C API, and so compile against any newer TensorFlow. */
async function compileAddon(libraries: string, output: string): Promise<void> {
  const headers = await nodeHeaders();
  if (headers === undefined) throw new Error("no headers of Node");
  const source = join(dirname(output), "source");
  await writePatchedSource(join(tfjsFolder(), "binding"), join(source, "binding"));
  const args = [
    ...[
      "-std=c++17",
      "-O2",
      "-shared",
      "-fPIC",
      "-DNAPI_VERSION=8",
      ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
    ],
    ...[
      `-I${headers}`,
      `-I${join(libraries, "include")}`,
      "-I.",
      "binding/tfjs_backend.cc",
      "binding/tfjs_binding.cc",
      "-o",
      output,
    ],
    ...[...tensorflow.libraryNames().map((name) => join(libraries, name)), `-Wl,-rpath,${libraries}`],
  ];
  const { status, stderr } = await runCommand(compiler(), args, { cwd: source });
  await rm(source, { recursive: true });
  if (status !== 0)
    throw new Error(`${compiler()} could not compile the addon: ${stderr.trim().split("\n").slice(-5).join("\n")}`);
}

/** Named by all that it depends on, the place of the libraries (its run path) among them. */
async function addonEntryName(build: tensorflow.Build): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(tfjsFolder(), "package.json"), "utf8")));
  const place = createHash("sha256").update(cacheFolder()).digest("hex").slice(0, 8);
  const node = `node-${process.versions.node}-abi-${process.versions.modules}`;
  return `addon/tfjs-${version}-tensorflow-${tensorflow.TENSORFLOW_VERSION}-${build}-${node}-${tensorflow.platform()}-${place}-patch-${patchName()}`;
}

/** Why the addon does not load, or undefined if it does; tried in a process of its own, which a broken library may kill. */
async function loadFailure(path: string): Promise<string | undefined> {
  const script = `process.dlopen({ exports: {} }, ${JSON.stringify(path)})`;
  const { status, stderr } = await runCommand(process.execPath, ["-e", script], { env: { TF_CPP_MIN_LOG_LEVEL: "3" } });
  if (status === 0) return undefined;
  return stderr.split("\n").find((line) => /^\w*Error/.test(line)) ?? `the process ended with status ${status}`;
}

function missingPlatform(): readonly Missing[] {
  if (tensorflow.isSupportedPlatform()) return [];
  return [
    { what: `TensorFlow for ${tensorflow.platform()}`, remedy: "use Linux (x64, arm64) or macOS (arm64); on Windows, WSL" },
  ];
}

/** Replaces a file in one step, so that a process that loads it meanwhile sees the old one or the new one. */
async function replaceFile(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  await copyFile(source, draft);
  await rename(draft, target);
}

const tfjsFolder = (): string =>
  dirname(createRequire(join(packageRoot(), "package.json")).resolve("@tensorflow/tfjs-node-gpu/package.json"));
const addonPath = (): string => join(tfjsFolder(), "lib", "napi-v8", ADDON);
