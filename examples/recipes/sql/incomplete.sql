-- Targets whose images are missing, in whole or in part.
select
  target,
  coalesce(error.kind, 'incomplete') as kind,
  coalesce(error.message, matched || ' images were found, and ' || found || ' are in the file') as reason
from targets
left join (select target, count(*) as found from images group by target) using (target)
where not complete or matched <> coalesce(found, 0)
order by target;
