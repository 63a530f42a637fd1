-- Images and GiB of each application and target.
select
  coalesce(tags['app'], '(none)') as app,
  target,
  count(*) as images,
  sum(size_gib)::bigint as gib
from images
where source = 'self'
group by all
order by gib desc nulls last, app, target;
