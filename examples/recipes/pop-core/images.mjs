// Prints the names of the account's images, page by page, with @alicloud/pop-core.
import RPCClient from '@alicloud/pop-core'

const client = new RPCClient({
  accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  securityToken: process.env.ALIBABA_CLOUD_SECURITY_TOKEN,
  endpoint: process.env.ENDPOINT ?? `http://${process.env.ALIBABA_CLOUD_ENDPOINT}`,
  apiVersion: '2014-05-26',
})

const names = []
for (let page = 1; ; page++) {
  const { Images, TotalCount } = await client.request('DescribeImages', {
    RegionId: process.env.ALIBABA_CLOUD_REGION_ID,
    ImageOwnerAlias: 'self',
    PageSize: 20,
    PageNumber: page,
  }, { method: 'POST', timeout: 30_000 })
  names.push(...Images.Image.map(({ ImageName }) => ImageName))
  if (Images.Image.length === 0 || names.length >= TotalCount) break
}
console.log(names.sort().join('\n'))
