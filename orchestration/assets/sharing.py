"""What partners are given, as a Dagster asset downstream of the publication.

Only the job `share_with_partners` makes it; of one partner alone with the config:

    ops: {partner_files: {config: {partner: ptr_00051}}}
"""

import dagster as dg

from orchestration.assets.publication import publication
from orchestration.jobs import SHARING
from orchestration.settings import load_settings
from orchestration.sharing.share import Sharing, share


class Recipient(dg.Config):
    """`partner` is the id of the only one to share with; nothing means all."""

    partner: str = ""


@dg.asset(
    deps=[publication],
    group_name=SHARING,
    kinds={"parquet", "csv"},
    owners=["team:channel-operations"],
    tags={"readers": "its_partner"},
)
def partner_files(
    context: dg.AssetExecutionContext, config: Recipient
) -> dg.MaterializeResult[None]:
    """Each partner's own rows of the published tables, as the sharing policy says."""
    sharing = share(load_settings(), config.partner or None)
    if held_back := sum(sharing.withheld.values()):
        context.log.info(
            f"{held_back:,} rows with a partner's id were held back: by what is certified now, the "
            "partner is not of record with their customer in their month."
        )
    return dg.MaterializeResult(
        metadata={
            "version": sharing.version,
            "path": dg.MetadataValue.path(str(sharing.folder)),
            "partners": len(sharing.folders),
            "dagster/row_count": sum(sharing.rows.values()),
            "megabytes": round(sharing.size / 1000**2, 1),
            "policy_sha256": sharing.policy,
            "rows": _as_markdown(sharing),
        }
    )


def _as_markdown(sharing: Sharing) -> dg.MarkdownMetadataValue:
    """Rows by file, over all partners, and how many the policy's rule held back."""
    lines = ["| file | rows | withheld |", "| --- | ---: | ---: |"]
    lines += [
        f"| {name} | {rows:,} | {sharing.withheld[name]:,} |" for name, rows in sharing.rows.items()
    ]
    return dg.MetadataValue.md("\n".join(lines))
