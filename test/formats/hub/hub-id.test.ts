import { describe, expect, test } from "vitest";

import { hubSettings } from "../../../lib/formats/hub/hub-settings.js";
import { ggufParts } from "../../../lib/formats/hub/selection.js";
import { parseHubId } from "../../../lib/formats/index.js";

describe("a hub's id", () => {
  test.each([
    ["meta-llama/Llama-2-13b-chat-hf", { repository: "meta-llama/Llama-2-13b-chat-hf" }],
    ["lmsys/vicuna-13b-v1.3@main", { repository: "lmsys/vicuna-13b-v1.3", revision: "main" }],
    ["a/b@refs/pr/3", { repository: "a/b", revision: "refs/pr/3" }],
    ["a/b-GGUF:b.Q4_K_M.gguf", { repository: "a/b-GGUF", file: "b.Q4_K_M.gguf" }],
    ["a/b@v1:sub/b.gguf", { repository: "a/b", revision: "v1", file: "sub/b.gguf" }],
  ])("%s is read into its parts", (text, id) => expect(parseHubId(text)).toEqual(id));

  test.each([
    "smollm2",
    "models/tiny.gguf",
    "./a/b",
    "../a",
    "/a/b",
    "a/b/c",
    "a/b@",
    "a/b@../x",
    "a/b:x.bin",
    "a/..b",
    "a/b:../x.gguf",
    "a\\b",
    "a /b",
  ])("%j is none", (text) => expect(parseHubId(text)).toBeUndefined());
});

test("a part of a split GGUF file stands for all its parts", () => {
  expect(ggufParts("q/a-00002-of-00003.gguf")).toEqual([
    "q/a-00001-of-00003.gguf",
    "q/a-00002-of-00003.gguf",
    "q/a-00003-of-00003.gguf",
  ]);
  expect(ggufParts("a-00001-of-99999.gguf")).toEqual(["a-00001-of-99999.gguf"]);
});

test.each([
  [{}, { offline: false }],
  [
    { HF_ENDPOINT: "http://x:1/", HF_TOKEN: "a", HUGGING_FACE_HUB_TOKEN: "b" },
    { offline: false, endpoint: "http://x:1", token: "a" },
  ],
  [
    { HUGGING_FACE_HUB_TOKEN: " b\n", HF_TOKEN: "", HF_HUB_OFFLINE: "1" },
    { offline: true, token: "b" },
  ],
  [{ HF_HUB_OFFLINE: "0" }, { offline: false }],
])("the environment %j is the settings %j", (environment, settings) => expect(hubSettings(environment)).toEqual(settings));

test.each(["hub.example", "ftp://hub.example", "https://"])("the endpoint %j is refused by the variable's name", (endpoint) =>
  expect(() => hubSettings({ HF_ENDPOINT: endpoint })).toThrow(/HF_ENDPOINT/),
);
