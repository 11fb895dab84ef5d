/**
 * The files of `migrations/`, as text: a bundle has no folder beside it to read them from, and Node imports
 * no `.sql`. A test holds the two together. To add one: write its file, add its entry; never change an old one.
 */

export interface Migration {
  readonly name: string
  /** Statements that SQLite and PostgreSQL both accept, each ended by `;` at the end of a line. */
  readonly sql: string
}

export const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001-conversations',
    sql: `CREATE TABLE conversations (
  session_key TEXT NOT NULL PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL,
  title TEXT NOT NULL,
  preview TEXT NOT NULL,
  last_turn INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX conversations_by_update ON conversations (updated_at);

CREATE TABLE messages (
  session_key TEXT NOT NULL REFERENCES conversations (session_key),
  turn INTEGER NOT NULL,
  part INTEGER NOT NULL,
  role TEXT NOT NULL,
  text TEXT NOT NULL,
  run_id TEXT NOT NULL,
  stop_reason TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (session_key, turn, part)
);

CREATE TABLE memory (
  owner TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  memory_key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (owner, agent_id, memory_key)
);

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
`,
  },
  {
    name: '0002-devices',
    sql: `CREATE TABLE devices (
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
`,
  },
  {
    name: '0003-senders',
    sql: `CREATE TABLE senders (
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
`,
  },
  {
    name: '0004-invitations',
    sql: `CREATE TABLE sender_invitations (
  invitation_id TEXT NOT NULL PRIMARY KEY,
  document TEXT NOT NULL
);
`,
  },
  {
    name: '0005-last-use',
    sql: `CREATE TABLE last_uses (
  subject TEXT NOT NULL PRIMARY KEY,
  used_at BIGINT NOT NULL
);
`,
  },
]
