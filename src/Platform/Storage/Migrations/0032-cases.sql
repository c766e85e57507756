-- What a second person made of a closed alert, without regard to the first.
create table second_readings (
    alert_id text primary key,
    disposition text not null,
    note text,
    read_by text not null,
    read_at bigint not null
);

-- What of an alert was given to whom, and on what ground.
create table shares (
    id text primary key,
    alert_id text not null,
    partner text not null,
    basis text not null,
    fields text not null,
    shared_by text not null,
    shared_at bigint not null
);
create index shares_by_alert on shares (alert_id);
