"""How annotations are checked during tests."""

import beartype

check = beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))
"""The type checker: as in PEP 484, a whole number is fine where a float is annotated."""
