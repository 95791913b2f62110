-- Up Migration

-- Identifiers that later steps of a closure need, sealed to a key that the database does not have. The primary key lets one
-- writer in. Rows are inserted and, when the closure has ended, removed; nobody but the owner could change one, and a row that
-- was moved to another key does not open.
CREATE TABLE account_closure.sealed_identifier (
  closure_id   uuid        NOT NULL,
  first_run_id text        NOT NULL CHECK (length(first_run_id) BETWEEN 1 AND 64),
  target       text        NOT NULL CHECK (length(target) BETWEEN 1 AND 64),
  round        integer     NOT NULL CHECK (round >= 0),
  -- Never more than names of ours, keys of rows and an address.
  sealed       bytea       NOT NULL CHECK (octet_length(sealed) BETWEEN 57 AND 65536),
  recorded_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (closure_id, first_run_id, target, round)
);
