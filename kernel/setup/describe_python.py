"""Prints, as one line of JSON, what the set-up wants to know of the interpreter that runs this."""
import json
import sys


def has(module):
    try:
        __import__(module)
        return True
    except ImportError:
        return False


def version(package):
    try:
        from importlib.metadata import version
        return version(package)
    except Exception:
        return None


packages = {name: version(name) for name in sys.argv[1:]}
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "executable": sys.executable,
    "prefix": sys.prefix,
    "venv": has("venv") and has("ensurepip"),
    "pip": version("pip") is not None,
    "packages": {name: found for name, found in packages.items() if found},
}))
