"""Search: what people type, to conditions and codes. docs/adr/0006 tells the design.

`finding.find` answers a query and `suggesting.suggest` completes one; `index` alone writes the
tables of `conditions.models.search`, from public text only.
"""
