"""The built-in checks: the module of each, by its code. `reconciler.model.rules` lists them.

A rule has one name and, under it, a module here, a test file and a page in `docs/rules`. In its module `check` takes a
RuleInput and yields notices. The modules are imported when the rules are run, so that listing them costs nothing.
"""
