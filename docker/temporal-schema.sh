#!/bin/sh
# Brings both of Temporal's databases to the schema of this server. Again is harmless.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

sql_tool() {
  temporal-sql-tool --plugin postgres12 --ep postgresql --port 5432 --user temporal --db "$@"
}

sql_tool temporal setup-schema --version 0.0
sql_tool temporal update-schema --schema-dir "$schemas/temporal/versioned"
sql_tool temporal_visibility setup-schema --version 0.0
sql_tool temporal_visibility update-schema --schema-dir "$schemas/visibility/versioned"
