"use strict";
/**
 * The import rules of the project, checked by dependency-cruiser: ranks, the single door to the library, vendor homes,
 * no cycles, no orphans. Type-only imports count. The ranks are explained in CONTRIBUTING.md.
 */

/** Folders of lib by rank; a file imports from its own folder and from lower ranks. */
const RANKS = [
  ["core"],
  ["statistics", "tensor", "formats", "text"],
  ["model"],
  ["inference", "compression"],
  ["trust"],
  ["study"],
  ["analysis"],
  ["paper"],
  ["tables"],
  ["plots"],
  ["report"],
];

/** What a folder of the kernel may import of ours, beside its own files. */
const KERNEL = {
  front: ["kernel/(link|allowance|descendants)\\.ts"],
  // errors and names (lib/core) directly: the whole library takes 0.3 s to load, and a cell may never need it
  compiler: ["kernel/link\\.ts", "kernel/magics/", "lib/index\\.ts", "lib/core/"],
  runner: ["kernel/(link|allowance|descendants)\\.ts", "kernel/magics/", "lib/index\\.ts", "lib/core/"],
  magics: ["kernel/(link|study-folder)\\.ts", "lib/index\\.ts", "lib/core/"],
  setup: ["lib/index\\.ts"],
  cli: ["kernel/study-folder\\.ts", "kernel/setup/index\\.ts", "kernel/front/headless\\.ts", "lib/index\\.ts"],
};

/** The only places of a vendor package. */
const HOMES = {
  "@tensorflow/[^/]+": "^lib/tensor/",
  "@huggingface/hub": "^lib/formats/",
  "@huggingface/jinja": "^lib/text/",
  "@huggingface/tokenizers": "^lib/text/",
  "@stdlib/[^/]+": "^lib/statistics/",
  "@huggingface/transformers": "^lib/trust/judges/",
  "obscenity|cuss": "^lib/trust/judges/",
  "csv-parse": "^lib/formats/",
  arquero: "^lib/tables/",
  diff: "^lib/tables/side-by-side/",
  "@duckdb/[^/]+": "^lib/tables/sql/",
  "vega|vega-lite": "^lib/plots/",
  zeromq: "^kernel/front/sockets\\.ts$",
  tslab: "^kernel/compiler/converter\\.ts$",
  "@tslab/typescript-for-tslab": "^kernel/compiler/",
  yauzl: "^kernel/setup/",
  // where foreign data becomes typed records (DECISIONS.md)
  zod: "^(lib/(formats|text|model|compression|trust|study|paper)|kernel/(front|setup|cli))/",
};

/** Files that a process, a thread or a person starts, or that only declare. */
const ENTRIES = "^lib/index\\.ts$|^kernel/(main|cli/main|compiler/thread|runner/(child|guard))\\.ts$|\\.d\\.ts$";

const folderRules = RANKS.flatMap((folders, rank) =>
  folders.map((folder) => {
    const lower = RANKS.slice(0, rank).flat();
    const allowed = [folder, ...lower].join("|");
    return {
      name: `rank-${rank}-${folder}`,
      comment: `lib/${folder} imports of ours only its own files and ${lower.join(", ") || "nothing else"}`,
      severity: "error",
      from: { path: `^lib/${folder}/` },
      to: { path: "^(lib|kernel|test)/", pathNot: `^lib/(${allowed})/` },
    };
  }),
);

const kernelRules = Object.entries(KERNEL).map(([folder, allowed]) => ({
  name: `kernel-${folder}`,
  comment: `kernel/${folder} imports of ours only its own files and ${allowed.join(", ")}; the library through its one door`,
  severity: "error",
  from: { path: `^kernel/${folder}/` },
  to: { path: "^(lib|kernel|test)/", pathNot: `^(kernel/${folder}/|${allowed.join("|")})` },
}));

const homeRules = Object.entries(HOMES).map(([vendor, home]) => ({
  name: `home-of-${vendor.replace(/[^a-z-]/g, "")}`,
  comment: `${vendor} has one home: ${home}`,
  severity: "error",
  from: { path: "^(lib|kernel)/", pathNot: home },
  to: { path: `(^|/)node_modules/(${vendor})/` },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    ...kernelRules,
    ...homeRules,
    {
      name: "kernel-main",
      comment: "kernel/main.ts and kernel/link.ts stand above the folders: the front, the contract, never the library's inside",
      severity: "error",
      from: { path: "^kernel/[^/]+\\.ts$" },
      to: { path: "^(lib|kernel|test)/", pathNot: "^kernel/([^/]+\\.ts|front/)|^lib/index\\.ts" },
    },
    {
      name: "core-is-pure",
      comment: "lib/core uses nothing of Node but node:crypto, and that in fingerprint.ts",
      severity: "error",
      from: { path: "^lib/core/", pathNot: "^lib/core/fingerprint\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "home-of-files",
      comment:
        "files are read and written in lib/formats and lib/study, where TensorFlow wants a graph on disk, where a suite is read and where a report is written",
      severity: "error",
      from: { path: "^lib/", pathNot: "^lib/((formats|study|tensor)/|trust/suite\\.ts$|report/write\\.ts$)" },
      to: { path: "^(node:)?fs(/promises)?$" },
    },
    {
      name: "no-cycles",
      comment: "two files that need each other are one idea, or three",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "a file that nothing imports is an entry point or dead",
      severity: "error",
      from: { orphan: true, pathNot: ENTRIES },
      to: {},
    },
    {
      name: "not-to-unresolvable",
      comment: "the import leads nowhere",
      severity: "error",
      from: { pathNot: "^kernel/compiler/ambient/" }, // what cells see; parts of it are generated beside it
      to: { couldNotResolve: true },
    },
    {
      name: "no-dev-dependencies",
      comment: "what runs for a user is a dependency",
      severity: "error",
      from: { path: "^(lib|kernel)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};
