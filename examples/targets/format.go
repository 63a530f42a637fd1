package targets

// Example is a configuration with every key, for people.
const Example = `targets:                            # one entry per account and provider
  - name: prod                      # unique; targets are called NAME/REGION
    provider: aliyunecs             # aliyunecs, aliyunswas, aliyunens, qingcloud
    regions: [cn-hangzhou]          # qingcloud: zones; aliyunens: one, or leave it out
    account: prod                   # entries of one account share its limits; default: name
    endpoint: http://127.0.0.1:80/  # optional; {region} is replaced; qingcloud: with its path, /iaas/
    # or endpoint_type: vpc         # the documented endpoints inside a VPC, or public
    # and method: get               # qingcloud, where a private cloud takes no other: post
    allow_http: false               # true: plain http to other machines than this one
    budget:                         # optional: limits for all entries of the account
      per_second: 0.9               # requests; burst: N may be sent at once, default 1
      in_flight: 4                  # requests that wait for their responses
    credentials:                    # one form, or leave it out: see below
      access_key_id: ${KEY_ID}      # ${NAME} is an environment variable
      access_key_secret: ${KEY_SECRET}
      security_token: ${KEY_TOKEN}  # optional
      # or profile: NAME
      # or instance_role: NAME      # qingcloud: default
      # or assume_role: {arn: ARN, base: PROFILE}
`

// WithoutCredentials says where credentials come from that a file leaves out.
const WithoutCredentials = `Credentials that are left out come from the environment, an OIDC token, the profile
files or the instance's role; those of qingcloud, which has no profiles and roles to
assume, from the environment or ~/.qingcloud/config.yaml.`
