CREATE TABLE last_uses (
  subject TEXT NOT NULL PRIMARY KEY,
  used_at BIGINT NOT NULL
);
