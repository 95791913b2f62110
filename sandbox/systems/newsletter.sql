-- A newsletter, as somebody may have it: it knows people by the two ids of their account. Run once, as the owner of the
-- database, after docs/targets/closure-ledger.sql. The people are those of the sample directory.

CREATE SCHEMA mail;

CREATE TABLE mail.subscribers (
  id        bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  tenant_id uuid NOT NULL,
  object_id uuid NOT NULL,
  email     text NOT NULL
);
CREATE INDEX ON mail.subscribers (object_id);

CREATE TABLE mail.deliveries (
  subscriber_id bigint NOT NULL REFERENCES mail.subscribers,
  issue         integer NOT NULL,
  opened_at     timestamptz,
  PRIMARY KEY (subscriber_id, issue)
);

INSERT INTO mail.subscribers (tenant_id, object_id, email) VALUES
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000001', 'ada@mail.example'),
  ('1a000000-0000-4000-8000-000000000003', '0b000000-0000-4000-8000-000000000002', 'grace@mail.example'),
  ('1a000000-0000-4000-8000-000000000004', '0b000000-0000-4000-8000-000000000003', 'barbara@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000004', 'radia@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000005', 'frances@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000006', 'karen@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000007', 'hedy@mail.example'),
  ('1a000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000008', 'margaret@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000009', 'dorothy@mail.example'),
  ('1a000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000010', 'joan@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000011', 'katherine@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000012', 'mary@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000013', 'annie@mail.example'),
  ('1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000014', 'evelyn@mail.example');

INSERT INTO mail.deliveries (subscriber_id, issue, opened_at)
  SELECT id, issue, TIMESTAMPTZ '2026-01-01 08:00Z' + issue * INTERVAL '7 days'
  FROM mail.subscribers, generate_series(1, 6) AS issue ORDER BY id, issue;

-- The role of the worker: what the rules of targets.yaml need, and nothing else.
CREATE ROLE newsletter_closure LOGIN;
GRANT USAGE ON SCHEMA mail, closure TO newsletter_closure;
GRANT SELECT, INSERT ON closure.closure_ledger TO newsletter_closure;
GRANT SELECT, DELETE ON mail.subscribers, mail.deliveries TO newsletter_closure;
