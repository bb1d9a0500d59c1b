"""What every table is made of. Private columns are `Sealed`; times are `Instant`, in UTC."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.String(32)
Sealed = sa.LargeBinary
Code = sa.String(40)


def own_id() -> sa.Column[str]:
    return sa.Column("id", Id, primary_key=True)


def ref(name: str, target: str, *, null: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id"), nullable=null, index=index)
