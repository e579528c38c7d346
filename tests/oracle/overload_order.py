"""Writes src/ops/overload_order.inc: PyTorch's overload order of every aten and prim name with several overloads.

python tests/oracle/overload_order.py > src/ops/overload_order.inc      (needs torch==2.13.0)
"""
import torch

rows = {}
for schema in torch._C._jit_get_all_schemas():
    name = schema.name
    if name in rows or name.split("::")[0] not in ("aten", "prim"):
        continue
    overloads = [s.overload_name for s in torch._C._jit_get_schemas_for_operator(name)]
    # out= forms never compete: they alone take an out argument.
    matching = [o for o in overloads if not o.endswith("out") and "Dimname" not in o and "names" not in o]
    if len(matching) > 1:
        rows[name] = ",".join(matching)
print("// Made by tests/oracle/overload_order.py from PyTorch", torch.__version__.split("+")[0] + ". Do not edit.")
for name in sorted(rows):
    print('{"%s", "%s"},' % (name, rows[name]))
