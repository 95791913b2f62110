-- Up Migration

-- Which way a closure goes: its point of no return, or its ending. The primary key lets one writer in: whoever comes second
-- with the same number reads again and decides anew.
CREATE TABLE account_closure.turn (
  closure_id   uuid        NOT NULL,
  first_run_id text        NOT NULL CHECK (length(first_run_id) BETWEEN 1 AND 64),
  number       integer     NOT NULL CHECK (number >= 1),
  kind         text        NOT NULL CHECK (kind IN ('erase', 'reopened', 'withdrawn', 'expired', 'rejected')),
  plan_digest  text        CHECK (length(plan_digest) BETWEEN 1 AND 128),
  attempt_id   text        CHECK (length(attempt_id) BETWEEN 1 AND 64),
  recorded_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (closure_id, first_run_id, number),
  -- Who passed the point of no return, and with which plan.
  CHECK ((kind = 'erase') = (plan_digest IS NOT NULL) AND (kind = 'erase') = (attempt_id IS NOT NULL))
);

CREATE TRIGGER turn_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON account_closure.turn
  FOR EACH STATEMENT EXECUTE FUNCTION account_closure.refuse_change();
