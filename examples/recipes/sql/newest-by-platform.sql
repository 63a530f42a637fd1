-- The newest available system image of each region, platform and architecture.
select region, platform, arch, id, created::date as created
from images
where source = 'system' and status = 'available'
qualify row_number() over (partition by region, platform, arch order by created desc, id desc) = 1
order by region, platform, arch;
