"""What is no more ends in MetricFlow's answers too: a state's last month is known without rows.

A measure with a `non_additive_dimension` (MRR, customers, certificates ...) takes the last month of
what was asked for. MetricFlow finds that month in the rows that a filter leaves. A customer that
left in August has no rows after July, so that July's MRR would be its MRR of the quarter, of the
year and of today. What has no row is nothing, and ends the month after its last row: so the month
is looked for in the rows and in the month after each of them, up to the last complete month. The
values still come from the rows alone; an answer gains no rows by it. Of a measure that takes the
first month, the month before each row counts alike.

This holds for every filter, grain and cut of time: where the last month that is found has no row of
what was asked for, all of it had ended by then.
"""

from __future__ import annotations

from dataclasses import dataclass

from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderResult
from metricflow.sql.sql_cte_node import SqlCteNode
from metricflow.sql.sql_plan import SqlPlanNode
from metricflow.sql.sql_select_node import SqlSelectStatementNode
from metricflow.sql.sql_table_node import SqlTableNode
from metricflow_semantic_interfaces.protocols.semantic_manifest import SemanticManifest
from metricflow_semantic_interfaces.type_enums.time_granularity import TimeGranularity
from metricflow_semantics.aggregation_properties import AggregationState
from metricflow_semantics.sql.sql_bind_parameters import SqlBindParameterSet
from metricflow_semantics.sql.sql_exprs import SqlAggregateFunctionExpression, SqlFunction

# How MetricFlow names the first or last month that it joins rows to.
FOUND_MONTH = f"__{AggregationState.COMPLETE.value.lower()}"


@dataclass(frozen=True)
class States:
    """Tables with semi-additive measures, as SQL names them, with their time column and its grain.

    `calendar` is the table of all months that figures exist for, with its column.
    """

    tables: dict[str, tuple[str, str]]
    calendar: tuple[str, str]


def states_of(manifest: SemanticManifest) -> States:
    """The tables of which measures take the first or the last month."""
    tables = {}
    for model in manifest.semantic_models:
        for measure in model.measures:
            if measure.non_additive_dimension is None:
                continue
            name = measure.non_additive_dimension.name
            time = next(one for one in model.dimensions if one.name == name)
            assert time.type_params is not None, f"{name} of {model.name} is no time"
            grain = time.type_params.time_granularity.value
            tables[model.node_relation.relation_name] = (time.expr or name, grain)
    calendar = next(
        (spine.node_relation.relation_name, spine.primary_column.name)
        for spine in manifest.project_configuration.time_spines
        if spine.primary_column.time_granularity is TimeGranularity.MONTH
    )
    return States(tables, calendar)


class LastMonthsRenderer(DuckDbSqlPlanRenderer):
    """Renders one query. Inside the search for a first or last month, tables of states are read
    with the month in which each row's state is over, or has not begun."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._ctes: dict[str, SqlCteNode] = {}
        self._found_by: SqlFunction | None = None

    def visit_select_statement_node(self, node: SqlSelectStatementNode) -> SqlPlanRenderResult:
        self._ctes.update({cte.cte_alias: cte for cte in node.cte_sources})
        outer, self._found_by = self._found_by, _month_found_by(node) or self._found_by
        try:
            return super().visit_select_statement_node(node)
        finally:
            self._found_by = outer

    def visit_table_node(self, node: SqlTableNode) -> SqlPlanRenderResult:
        name = node.sql_table.sql
        if self._found_by is None:
            return super().visit_table_node(node)
        if name in self._states.tables:
            return SqlPlanRenderResult(self._with_ends(name), SqlBindParameterSet())
        if name in self._ctes and self._reads_states(self._ctes[name]):
            # shared with the rows that give the values: here it is read anew
            read = self._ctes[name].select_statement.accept(self)
            return SqlPlanRenderResult(f"(\n{read.sql}\n)", read.bind_parameter_set)
        return super().visit_table_node(node)

    def _with_ends(self, table: str) -> str:
        time, grain = self._states.tables[table]
        calendar, month = self._states.calendar
        after, bound, within = ("-", "min", ">=")
        if self._found_by is SqlFunction.MAX:
            after, bound, within = ("+", "max", "<=")
        moved = f"cast({time} {after} interval 1 {grain} as date)"
        return (
            f"(select * from {table} union all select * replace ({moved} as {time}) from {table} "
            f"where {moved} {within} (select {bound}({month}) from {calendar}))"
        )

    def _reads_states(self, node: SqlPlanNode) -> bool:
        table = node.as_sql_table_node
        if table is None:
            return any(map(self._reads_states, node.parent_nodes))
        name = table.sql_table.sql
        if name in self._ctes:
            return self._reads_states(self._ctes[name])
        return name in self._states.tables


def _month_found_by(node: SqlSelectStatementNode) -> SqlFunction | None:
    """`min` or `max` when the statement finds the month that a semi-additive measure takes."""
    for column in node.select_columns:
        if column.column_alias.endswith(FOUND_MONTH):
            expression = column.expr
            if isinstance(expression, SqlAggregateFunctionExpression):
                return expression.sql_function
    return None
