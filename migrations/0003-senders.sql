CREATE TABLE senders (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (channel, account, sender_id)
);

CREATE TABLE sender_requests (
  request_id TEXT NOT NULL PRIMARY KEY,
  document TEXT NOT NULL
);

CREATE TABLE inbox (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  document TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (channel, account, message_id)
);

CREATE INDEX inbox_by_state ON inbox (state, received_at);

CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  place BIGINT NOT NULL,
  document TEXT NOT NULL
);

CREATE INDEX outbox_by_place ON outbox (place);
