"""Jupyter's own conformance tests, all twelve, on the kernel that JUPYTER_PATH offers as touchstone-test."""

import unittest

import jupyter_kernel_test as jkt


class TouchstoneTests(jkt.KernelTests):
    kernel_name = "touchstone-test"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "conso", "matches": ["console"]},
        {"text": "%lsm", "matches": ["%lsmagic"]},
    ]
    complete_code_samples = ["1", "const a = 1;", "%help", "function f() { return 1 }", "const t = `a\nb`"]
    incomplete_code_samples = ["function f() {", "const t = `abc", "/* never closed", "[1, 2,"]
    invalid_code_samples = ["const = 3 3", "'open string", "if (1)) {}"]
    code_page_something = "%help?"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2].map((n) => n * 2)", "result": "[ 2, 4 ]"},
        {"code": "await Promise.resolve('late')", "result": "'late'"},
    ]
    code_display_data = [{"code": "display({ 'text/html': '<b>bold</b>' }, { raw: true })", "mime": "text/html"}]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "parseInt"
    code_clear_output = "clearOutput()"


class TouchstoneWelcome(jkt.IopubWelcomeTests):
    kernel_name = "touchstone-test"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
