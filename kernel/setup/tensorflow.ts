import { rm } from "node:fs/promises";
import { join } from "node:path";

import { cached, cachedEntry } from "../../lib/index.js";
import { downloadWheel, runPip, type PipJob, type Wheel } from "./pip.js";
import { runCommand } from "./run-command.js";
import { unpackMembers } from "./unpack.js";

/** The TensorFlow that is used, a version whose wheels hold its C++ libraries and C headers. */
export const TENSORFLOW_VERSION = "2.21.0";

/** Which build: the CPU's wheel, or the one with CUDA. */
export type Build = "cpu" | "cuda";

const HEADERS = [
  ...[
    "c_api",
    "c_api_macros",
    "eager/c_api",
    "tf_attrtype",
    "tf_buffer",
    "tf_datatype",
    "tf_status",
    "tf_tensor",
    "tf_tstring",
  ].map((name) => `tensorflow/c/${name}.h`),
  ...["tensorflow/core", "tsl"].flatMap((root) => [`${root}/platform/ctstring.h`, `${root}/platform/ctstring_internal.h`]),
  "xla/tsl/c/tsl_status.h",
].map((path) => `tensorflow/include/${path}`);

const tag = (platform: string): readonly string[] => [
  ...["--python-version", "3.11", "--implementation", "cp", "--only-binary=:all:"],
  ...["--platform", platform],
];

/** One wheel a platform; the CPython tag is fixed, because every tag's wheel holds the same libraries. */
const CPU_WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x64": {
    requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
    flags: tag("manylinux_2_27_x86_64"),
    bytes: 273_829_956,
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  },
  "linux-arm64": {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    flags: tag("manylinux_2_27_aarch64"),
    bytes: 290_000_000,
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
  },
  "darwin-arm64": {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    flags: tag("macosx_12_0_arm64"),
    bytes: 250_000_000,
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
  },
};

/** This machine, as Node names it: "linux-x64". */
export const platform = (): string => `${process.platform}-${process.arch}`;

/** Whether there is a TensorFlow wheel for this machine. */
export const isSupportedPlatform = (): boolean => Object.hasOwn(CPU_WHEELS, platform());

/** The file names of TensorFlow's two libraries on this machine. */
export function libraryNames(): readonly [string, string] {
  if (process.platform === "darwin") return ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"];
  return ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
}

/** The build for this machine: CUDA where an NVIDIA GPU answers, else the CPU's. `TOUCHSTONE_TENSORFLOW` decides otherwise. */
export async function chooseBuild(): Promise<Build> {
  const wish = process.env.TOUCHSTONE_TENSORFLOW;
  if (wish === "cpu" || wish === "cuda") return wish;
  if (platform() !== "linux-x64") return "cpu";
  const { status, stdout } = await runCommand("nvidia-smi", ["--list-gpus"]);
  return status === 0 && stdout.includes("GPU") ? "cuda" : "cpu";
}

/** The folder of the libraries in the cache, if they are there and whole: `tensorflow/`, with `include/`. */
export const tensorflowEntry = (build: Build): Promise<string | undefined> => cachedEntry(entryName(build));

/** The folder of the libraries; fetched if need be. */
export function fetchTensorflow(build: Build, job: Omit<PipJob, "folder">): Promise<string> {
  return cached(entryName(build), (folder) =>
    build === "cuda" ? layOutCuda({ ...job, folder }) : unpackCpu({ ...job, folder }),
  );
}

const entryName = (build: Build): string => `tensorflow/${TENSORFLOW_VERSION}-${build}-${platform()}`;

async function unpackCpu(job: PipJob): Promise<void> {
  const wheel = await downloadWheel(CPU_WHEELS[platform()], job);
  job.note("unpacking");
  await unpackMembers(wheel, job.folder, [...libraryNames().map((name) => `tensorflow/${name}`), ...HEADERS]);
  await rm(join(job.folder, "wheels"), { recursive: true });
}

/**
 * The wheel with CUDA and NVIDIA's own wheels, in the layout that pip gives them: TensorFlow's library has the run path
 * `$ORIGIN/../nvidia/…/lib` and finds the CUDA libraries by itself. Pinned by version only (NVIDIA's wheels are chosen by
 * TensorFlow's own requirements). Written after the recipe that worked by hand; not yet run on a machine with a GPU.
 */
async function layOutCuda(job: PipJob): Promise<void> {
  const platforms = ["manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux1_x86_64"];
  const flags = ["--python-version", "3.11", "--implementation", "cp", "--only-binary=:all:"];
  const target = [
    ...flags,
    ...platforms.flatMap((name) => ["--platform", name]),
    "--target",
    job.folder,
    "--no-cache-dir",
    "--no-compile",
  ];
  await runPip(["install", ...target, `tensorflow[and-cuda]==${TENSORFLOW_VERSION}`], job, "of about 6 GB");
}

/** Disk space that fetching a build takes, in bytes. */
export const tensorflowBytes = (build: Build): number => (build === "cuda" ? 15e9 : 1.5e9);
