-- A shop, as somebody may have it: the person is one row, and everything else hangs on its key. Run once, as the owner of the
-- database, after docs/targets/closure-ledger.sql. The people are those of the sample directory.

CREATE SCHEMA app;

CREATE TABLE app.users (
  id        bigint PRIMARY KEY,
  tenant_id uuid NOT NULL,
  object_id uuid NOT NULL,
  name      text NOT NULL,
  email     text NOT NULL,
  UNIQUE (object_id, tenant_id)
);

CREATE TABLE app.addresses (
  id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES app.users,
  street  text NOT NULL,
  city    text NOT NULL
);
CREATE INDEX ON app.addresses (user_id);

-- What was ordered is wanted for statistics, by whom is not.
CREATE TABLE app.orders (
  id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  user_id    bigint REFERENCES app.users,
  email      text NOT NULL,
  ship_name  text,
  ordered_at date NOT NULL
);
CREATE INDEX ON app.orders (user_id);

-- Says itself nothing about whose it is: it is found by way of its order.
CREATE TABLE app.order_lines (
  order_id bigint NOT NULL REFERENCES app.orders,
  line     integer NOT NULL,
  product  text NOT NULL,
  engraved text,
  PRIMARY KEY (order_id, line)
);

-- Tax law wants them for seven years. The number of the customer stays in them, and leads to nobody any more.
CREATE TABLE app.invoices (
  number    text PRIMARY KEY,
  user_id   bigint NOT NULL,
  bill_to   text,
  email     text,
  total     numeric(10, 2) NOT NULL,
  issued_at date NOT NULL
);
CREATE INDEX ON app.invoices (user_id);

INSERT INTO app.users (id, tenant_id, object_id, name, email) VALUES
  (101, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000001', 'Ada Lovelace', 'ada@mail.example'),
  (102, '1a000000-0000-4000-8000-000000000003', '0b000000-0000-4000-8000-000000000002', 'Grace Hopper', 'grace@mail.example'),
  (103, '1a000000-0000-4000-8000-000000000004', '0b000000-0000-4000-8000-000000000003', 'Barbara Liskov', 'barbara@mail.example'),
  (104, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000004', 'Radia Perlman', 'radia@mail.example'),
  (105, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000005', 'Frances Allen', 'frances@mail.example'),
  (106, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000006', 'Karen Jones', 'karen@mail.example'),
  (107, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000007', 'Hedy Lamarr', 'hedy@mail.example'),
  (108, '1a000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000008', 'Margaret Hamilton', 'margaret@mail.example'),
  (109, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000009', 'Dorothy Vaughan', 'dorothy@mail.example'),
  (110, '1a000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000010', 'Joan Clarke', 'joan@mail.example'),
  (111, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000011', 'Katherine Johnson', 'katherine@mail.example'),
  (112, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000012', 'Mary Jackson', 'mary@mail.example'),
  (113, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000013', 'Annie Easley', 'annie@mail.example'),
  (114, '1a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000014', 'Evelyn Boyd', 'evelyn@mail.example');

INSERT INTO app.addresses (user_id, street, city)
  SELECT id, n || ' Analytical Row', 'London' FROM app.users, generate_series(1, 2) AS n ORDER BY id, n;
INSERT INTO app.orders (user_id, email, ship_name, ordered_at)
  SELECT id, email, name, DATE '2023-05-01' + n * 200 FROM app.users, generate_series(1, 4) AS n ORDER BY id, n;
INSERT INTO app.order_lines (order_id, line, product, engraved)
  SELECT o.id, n, 'punched cards', u.name
  FROM app.orders AS o JOIN app.users AS u ON u.id = o.user_id, generate_series(1, 3) AS n ORDER BY o.id, n;
INSERT INTO app.invoices (number, user_id, bill_to, email, total, issued_at)
  SELECT u.id || '-' || n, u.id, u.name, u.email, n * 19.90, DATE '2023-05-02' + n * 200
  FROM app.users AS u, generate_series(1, 4) AS n ORDER BY u.id, n;

-- The role of the worker: what the rules of targets.yaml need, and nothing else.
CREATE ROLE shop_closure LOGIN;
GRANT USAGE ON SCHEMA app, closure TO shop_closure;
GRANT SELECT, INSERT ON closure.closure_ledger TO shop_closure;
GRANT SELECT, DELETE ON app.users, app.addresses, app.order_lines TO shop_closure;
GRANT SELECT, UPDATE (user_id, email, ship_name) ON app.orders TO shop_closure;
GRANT SELECT, UPDATE (bill_to, email) ON app.invoices TO shop_closure;
