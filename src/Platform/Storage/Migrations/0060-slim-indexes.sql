-- A message's row is written three times on its way out, and each time every index on it: what only some rows need holds only those, and what
-- another index already begins with is gone.
drop index notifications_by_alert;
drop index notifications_due;
create index notifications_due on notifications (channel, due_at) where state in ('Pending', 'Sending');
drop index notifications_by_provider;
create index notifications_by_provider on notifications (provider_id) where provider_id is not null;
