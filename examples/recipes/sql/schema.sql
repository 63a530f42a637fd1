-- Views of the files images.ndjson (--output ndjson) and report.json (--report).
create view images as
select target, unnest(image)
from read_json('images.ndjson', format = 'newline_delimited', columns = {
  target: 'varchar',
  image: 'struct(
    provider varchar, region varchar, id varchar, name varchar, description varchar, family varchar,
    version varchar, source varchar, owner varchar, visibility varchar, status varchar, progress integer,
    os varchar, platform varchar, os_version varchar, os_name varchar, arch varchar, boot_mode varchar,
    size_gib integer, created timestamp, status_changed timestamp, source_instance varchar,
    source_snapshots varchar[], resource_group varchar, tags map(varchar, varchar))'
});

create view targets as
select unnest(target)
from (
  select unnest(targets) as target
  from read_json('report.json', format = 'unstructured', columns = {
    targets: 'struct(
      target varchar, provider varchar, region varchar, complete boolean, skipped varchar[],
      images bigint, matched bigint, pages bigint, requests bigint, retries bigint, elapsed_ms bigint,
      error struct(kind varchar, code varchar, message varchar))[]'
  })
);
