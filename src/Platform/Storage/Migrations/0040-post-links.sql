-- What looks at the addresses of alerted posts showed. missing_since is the first of the looks in a row that found nothing there;
-- gone_at is when that was sure.
create table post_links (
    post_id text primary key,
    looked_at bigint not null,
    missing_since bigint,
    misses bigint not null,
    gone_at bigint
);
