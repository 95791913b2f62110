-- What closures have done in this database, for each `postgres` target. Run once, as the owner of the database, before the
-- target is used; again is harmless:
--
--   psql "$SHOP_OWNER_URL" -v ON_ERROR_STOP=1 -f closure-ledger.sql
--
-- Each batch of an erasure writes its row in the transaction that deletes or anonymises, so what is here was done, and what was
-- done is here. There is no personal data in it: ids of closures, names of tables, counts. Keep the rows of a closure until it
-- has ended; older ones may be deleted.

-- A schema of its own: nobody else may create anything beside the ledger, and no search path matters.
CREATE SCHEMA IF NOT EXISTS closure;

CREATE TABLE IF NOT EXISTS closure.closure_ledger (
  -- Which effect: a closure's one erasure of one target.
  closure_id      uuid        NOT NULL,
  first_run_id    text        NOT NULL CHECK (length(first_run_id) BETWEEN 1 AND 64),
  target          text        NOT NULL CHECK (length(target) BETWEEN 1 AND 64),
  step            text        NOT NULL CHECK (length(step) BETWEEN 1 AND 64),
  round           integer     NOT NULL CHECK (round >= 0),
  -- Counts from 1. Of two attempts at once that write the same number, the primary key lets one in.
  batch           integer     NOT NULL CHECK (batch >= 1),
  -- Which entry of the target's `tables`, counted from 1, and its name as the targets file writes it.
  table_number    integer     NOT NULL CHECK (table_number >= 1),
  table_name      text        NOT NULL,
  -- Rows that this batch deleted, or set columns of.
  changed         bigint      NOT NULL CHECK (changed >= 0),
  -- Rows that stay, of a table that is retained; and until when the last of them has to, where a rule says so.
  retained        bigint      NOT NULL CHECK (retained >= 0),
  retained_until  timestamptz,
  -- Rows that there were to do when a table was begun that takes several batches: more than that coming back is told from progress.
  expected        bigint      CHECK (expected >= 0),
  is_table_done   boolean     NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (closure_id, first_run_id, target, step, round, batch)
);

-- The role of the target's `url`. Nothing is ever updated or deleted by it.
--
--   GRANT USAGE ON SCHEMA closure TO shop_closure;
--   GRANT SELECT, INSERT ON closure.closure_ledger TO shop_closure;
--
-- On the tables of the target it needs, by their actions (and SELECT on the table of `subject`, and on those that `via` names):
--
--   delete:           GRANT SELECT, DELETE ON app.order_lines TO shop_closure;
--   anonymise:        GRANT SELECT, UPDATE (ship_name, email) ON app.orders TO shop_closure;
--   retain with set:  GRANT SELECT, UPDATE (user_id) ON app.invoices TO shop_closure;
--   retain:           GRANT SELECT ON app.invoices TO shop_closure;
