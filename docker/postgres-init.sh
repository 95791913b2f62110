#!/bin/sh
# Runs once, on an empty volume: a role and its databases for Temporal, one of each for the audit log, and the role of the
# worker, which owns nothing: `closure setup` grants it what it may do. Then two systems with personal data, and a role of the
# worker in each.
set -eu

psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  --set=temporal_password="$TEMPORAL_DB_PASSWORD" \
  --set=owner_password="$CLOSURE_OWNER_PASSWORD" \
  --set=app_password="$CLOSURE_APP_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

CREATE ROLE closure_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE closure_app LOGIN PASSWORD :'app_password';
CREATE DATABASE closure OWNER closure_owner;

-- Each role has its own databases to connect to.
REVOKE CONNECT ON DATABASE temporal, temporal_visibility, closure FROM PUBLIC;
GRANT CONNECT ON DATABASE closure TO closure_app;

CREATE DATABASE shop;
CREATE DATABASE newsletter;
REVOKE CONNECT ON DATABASE shop, newsletter FROM PUBLIC;
SQL

for system in shop newsletter; do
  psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$system" \
    --file /closure-ledger.sql --file "/systems/$system.sql"
done

psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  --set=shop_password="$SHOP_CLOSURE_PASSWORD" \
  --set=newsletter_password="$NEWSLETTER_CLOSURE_PASSWORD" <<'SQL'
ALTER ROLE shop_closure PASSWORD :'shop_password';
ALTER ROLE newsletter_closure PASSWORD :'newsletter_password';
GRANT CONNECT ON DATABASE shop TO shop_closure;
GRANT CONNECT ON DATABASE newsletter TO newsletter_closure;
SQL
