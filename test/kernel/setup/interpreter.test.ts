import { expect, test } from "vitest";

import { hasJupyter, missingForEnvironment, type Interpreter } from "../../../kernel/setup/interpreter.js";

const packages = {
  jupyterlab: "4.4.1",
  nbclient: "0.10.2",
  nbconvert: "7.16.0",
  jupyter_client: "8.6.3",
  jupyter_kernel_test: "0.7.0",
};
const complete: Interpreter = { version: [3, 12, 1], executable: "/p/python3", prefix: "/p", venv: true, pip: true, packages };

test("a Python with all packages in usable versions is used as it is", () => {
  expect(hasJupyter(complete)).toBe(true);
});

test.each([
  ["without pip", { ...complete, pip: false }],
  ["with JupyterLab 3", { ...complete, packages: { ...packages, jupyterlab: "3.6.8" } }],
  ["with JupyterLab 40", { ...complete, packages: { ...packages, jupyterlab: "40.1" } }],
  ["with jupyter_client 7", { ...complete, packages: { ...packages, jupyter_client: "7.4.9" } }],
  ["with nbclient 0.6", { ...complete, packages: { ...packages, nbclient: "0.6.9" } }],
  ["without any package", { ...complete, packages: {} }],
])("a Python %s is not used", (_what, interpreter) => {
  expect(hasJupyter(interpreter)).toBe(false);
});

test.each([
  ["no Python", undefined, /Python 3\.9/, /apt-get install python3/],
  ["a Python without venv", { ...complete, venv: false }, /venv and ensurepip .*Python 3\.12/, /python3-venv/],
])("%s is missing by name, with its remedy", (_what, interpreter, what, remedy) => {
  const [missing] = missingForEnvironment(interpreter);
  expect(missing.what).toMatch(what);
  expect(missing.remedy).toMatch(remedy);
});

test("a Python with venv can make an environment", () => {
  expect(missingForEnvironment(complete)).toEqual([]);
});
