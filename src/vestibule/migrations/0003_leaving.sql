-- What is deleted with an account is found without reading the whole table.

CREATE INDEX invitations_by_accepter ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;
CREATE INDEX invitations_by_every_inviter ON invitations (inviter_id);
CREATE INDEX messages_by_recipient ON messages (recipient);
CREATE INDEX app_definitions_by_author ON app_definitions (saved_by_id);
