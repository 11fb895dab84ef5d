CREATE TABLE sender_invitations (
  invitation_id TEXT NOT NULL PRIMARY KEY,
  document TEXT NOT NULL
);
