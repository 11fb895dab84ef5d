CREATE TABLE devices (
  device_id TEXT NOT NULL PRIMARY KEY,
  document TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE pairing_requests (
  request_id TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL
);

CREATE TABLE setup_codes (
  setup_id TEXT NOT NULL PRIMARY KEY,
  document TEXT NOT NULL
);
