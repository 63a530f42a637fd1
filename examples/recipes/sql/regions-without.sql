-- Names of own images that a region of the same provider does not have.
with own as (select distinct provider, region, name from images where source = 'self'),
regions as (select distinct provider, region from images)
select name, provider, region as missing_in
from (select distinct provider, name from own)
join regions using (provider)
anti join own using (provider, region, name)
order by name, provider, region;
