-- When a message was given up, or its receipt said that it did not arrive.
alter table notifications add column failed_at bigint;
