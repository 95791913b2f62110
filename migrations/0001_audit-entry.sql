-- Up Migration

-- The schema `account_closure` (made by the runner, which keeps its own table there) is ours alone: in `public`, older
-- servers let every role create objects, other programs have tables, and a search path decides what a name means. All
-- statements name the schema, so no search path matters.

CREATE TABLE account_closure.audit_entry (
  sequence     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  closure_id   uuid        NOT NULL,
  -- Of the chain of runs: it keeps a later closure by the same token apart.
  first_run_id text        NOT NULL CHECK (length(first_run_id) BETWEEN 1 AND 64),
  target       text        NOT NULL CHECK (length(target) BETWEEN 1 AND 64),
  step         text        NOT NULL CHECK (length(step) BETWEEN 1 AND 64),
  round        integer     NOT NULL CHECK (round >= 0),
  kind         text        NOT NULL CHECK (kind IN ('decision', 'intent', 'mark', 'refusal', 'answer', 'result')),
  -- The changing call, which one of them, the instant of a decision; '' where there can be but one.
  occasion     text        NOT NULL DEFAULT '' CHECK (length(occasion) <= 128),
  plan_digest  text        CHECK (length(plan_digest) BETWEEN 1 AND 128),
  -- Up to 256 KiB: the plan that was shown is one.
  outcome      jsonb       CHECK (jsonb_typeof(outcome) = 'object' AND octet_length(outcome::text) <= 262144),
  recorded_at  timestamptz NOT NULL DEFAULT now(),
  -- The key of idempotency; it also finds the entries of a closure.
  CONSTRAINT audit_entry_once UNIQUE (closure_id, first_run_id, target, step, round, kind, occasion)
);

-- A second fence, for everybody: the application's role has no right to change anything in the first place, and an owner
-- who is set on it can drop the trigger. It stops the slip of a hand.
CREATE FUNCTION account_closure.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

REVOKE ALL ON FUNCTION account_closure.refuse_change() FROM PUBLIC;

CREATE TRIGGER audit_entry_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON account_closure.audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION account_closure.refuse_change();
