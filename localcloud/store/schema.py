"""The tables, one script per schema version. A script that shipped never changes.

Moments are REAL seconds since 1970, except in allocations, which count whole seconds. Amounts
of money are TEXT, so that no digit is lost.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE nodes (
  name TEXT PRIMARY KEY,
  ordinal INTEGER NOT NULL UNIQUE,
  accelerators INTEGER NOT NULL,
  created REAL NOT NULL,
  health TEXT NOT NULL,
  scheduling TEXT NOT NULL,
  native TEXT NOT NULL,
  reason TEXT NOT NULL,
  reason_by TEXT NOT NULL,
  fault TEXT NOT NULL,
  since REAL NOT NULL,
  last_heartbeat REAL,
  agent_id TEXT NOT NULL,
  agent_pid INTEGER,
  agent_version TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  cpu_count INTEGER,
  memory_bytes INTEGER,
  version INTEGER NOT NULL
);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  spec TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  ending TEXT NOT NULL,
  isolating INTEGER NOT NULL,
  incident INTEGER NOT NULL,
  restart_ranks TEXT NOT NULL,
  resume_from INTEGER,
  attempt INTEGER NOT NULL,
  next_attempt INTEGER NOT NULL,
  restarts INTEGER NOT NULL,
  backoff_used INTEGER NOT NULL,
  failures_in_row INTEGER NOT NULL,
  not_before REAL NOT NULL,
  queued REAL NOT NULL,
  exit_code INTEGER,
  progress TEXT NOT NULL,
  created REAL NOT NULL,
  first_started REAL,
  started REAL,
  ended REAL,
  ran_seconds REAL NOT NULL,
  log_dir TEXT NOT NULL,
  checkpoint_dir TEXT NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state);

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  job_uid TEXT NOT NULL,
  rank INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  current INTEGER NOT NULL,
  node TEXT NOT NULL,
  slots TEXT NOT NULL,
  port INTEGER NOT NULL,
  local_rank INTEGER NOT NULL,
  state TEXT NOT NULL,
  stop_wanted INTEGER NOT NULL,
  pid INTEGER,
  pid_started REAL,
  exit_code INTEGER,
  signal INTEGER,
  reason TEXT NOT NULL,
  tail TEXT NOT NULL,
  created REAL NOT NULL,
  started REAL,
  ended REAL,
  log_bytes INTEGER,
  last_output REAL,
  progress TEXT NOT NULL,
  UNIQUE (job_uid, rank, attempt)
);
CREATE INDEX runs_live ON runs (node) WHERE ended IS NULL;
CREATE INDEX runs_current ON runs (job_uid, current);

CREATE TABLE allocations (
  id TEXT PRIMARY KEY,
  job_uid TEXT NOT NULL,
  job_name TEXT NOT NULL,
  project TEXT NOT NULL,
  rank INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  node TEXT NOT NULL,
  accelerators INTEGER NOT NULL,
  model TEXT NOT NULL,
  quota_type TEXT NOT NULL,
  tags TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER,
  charged INTEGER NOT NULL
);
CREATE INDEX allocations_by_job ON allocations (job_uid);
CREATE INDEX allocations_open ON allocations (charged) WHERE charged = 0;

CREATE TABLE charges (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  allocation TEXT NOT NULL,
  hour INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  sku TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  currency TEXT NOT NULL,
  cost TEXT NOT NULL,
  UNIQUE (allocation, hour)
);
CREATE INDEX charges_by_start ON charges (start);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  time REAL NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX events_by_subject ON events (kind, subject);

CREATE TABLE changes (version INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE telemetry (
  node TEXT NOT NULL,
  time REAL NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (node, time)
) WITHOUT ROWID;
CREATE INDEX telemetry_by_time ON telemetry (time);
"""

_REASONS = """
ALTER TABLE events ADD COLUMN reason TEXT NOT NULL DEFAULT '';
UPDATE events SET reason = COALESCE(json_extract(body, '$.reason'), '');
CREATE INDEX events_by_reason ON events (reason, seq);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _REASONS)
"""Script `n` takes a database from version `n` to `n + 1`."""
