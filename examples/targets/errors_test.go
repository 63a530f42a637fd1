package targets_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/targets"
)

// good is a target without a fault, in four lines.
const good = `targets:
  - name: a
    provider: aliyunecs
    regions: [cn-hangzhou]
`

// qing is another, at the other vendor.
const qing = `targets:
  - name: a
    provider: qingcloud
    regions: [pek3a]
`

const instead = "want access_key_id and access_key_secret, instance_role: default, or leave credentials out"

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", `f:1: nothing is here: want the key "targets" with a list of targets`},
		{"comment", "# nothing\n", `f:1: nothing is here: want the key "targets" with a list of targets`},
		{"no list", "targets: a\n", "f:1: targets: want a list with at least one item"},
		{"empty list", "targets: []\n", "f:1: targets: want a list with at least one item"},
		{"no mapping", "- a\n", "f:1: the file: want a mapping with targets"},
		{"unknown top key", "\ntarget: []\n", "f:2: the file: unknown key (did you mean \"targets\"?): want targets\nf:2: the file: missing key \"targets\""},
		{"target is a text", "targets:\n  - a\n", "f:2: a target: want a mapping with name, provider, regions, account, endpoint, endpoint_type, method, allow_http, budget, credentials"},
		{"targets without names", "targets:\n  - {name: \"\", provider: aliyunecs, regions: [r]}\n  - {name: \"\", provider: aliyunecs, regions: [r]}\n",
			"f:2: name: want a text that is not empty\nf:3: name: want a text that is not empty"},
		{"unknown key", good + "    regoin: x\n",
			`f:5: a target: unknown key (did you mean "regions"?): want name, provider, regions, account, endpoint, endpoint_type, method, allow_http, budget or credentials`},
		{"twice", good + "    name: b\n", `f:5: a target: the key "name" is here a second time: want it once`},
		{"not indented", "targets:\n  - name: a\n   provider: b\n", "f:2: not YAML: did not find expected '-' indicator"},
		{"no end of a text", "targets:\n  - name: \"a\n", "f:2: not YAML: found unexpected end of stream"},
		{"no end of a list", "targets:\n  - name: a\n    regions: [a\n", "f:3: not YAML: did not find expected ',' or ']'"},
		{"a variable in braces", good + "    credentials: {access_key_id: ${KEY_ID}, access_key_secret: x}\n",
			"f:5: not YAML: did not find expected ',' or '}'; inside { } write a variable in quotes: \"${NAME}\""},
		{"merged twice", good + "    credentials: &c {<<: {<<: *c}}\n",
			"f:5: credentials: <<: want an alias, or a list of aliases, of a mapping that has no << itself\nf:5: credentials: missing key \"access_key_id\"\n" +
				"f:5: credentials: missing key \"access_key_secret\""},
		{"region without one", "targets:\n  - name: a\n    provider: aliyunens\n    endpoint: https://ens.{region}.example/\n",
			"f:4: endpoint: {region} stands for the target's region, and it has none: want regions, or an endpoint without {region}"},
		{"two documents", good + "---\ntargets: []\n", "f:5: a second document begins: want one"},
		{"missing name", "targets:\n  - provider: aliyunecs\n    regions: [cn-hangzhou]\n", `f:2: a target: missing key "name"`},
		{"missing provider", "targets:\n  - regions: [cn-hangzhou]\n    name: a\n", `f:2: a target: missing key "provider"`},
		{"missing regions", "targets:\n  - name: a\n    provider: aliyunecs\n",
			`f:2: a target: missing key "regions": aliyunecs has an endpoint for each region, so want a list of regions`},
		{"region is a text", "targets:\n  - name: a\n    provider: aliyunecs\n    regions: cn-hangzhou\n", "f:4: regions: want a list with at least one item"},
		{"bad region", "targets:\n  - name: a\n    provider: aliyunecs\n    regions:\n      - cn-hangzhou\n      - evil.com/\n",
			`f:6: region: want lower-case letters, digits and inner hyphens, such as cn-hangzhou`},
		{"null", "targets:\n  - name:\n    provider: aliyunecs\n    regions: [cn-hangzhou]\n", "f:2: name: want a text"},
		{"empty text", "targets:\n  - name: ''\n    provider: aliyunecs\n    regions: [cn-hangzhou]\n", "f:2: name: want a text that is not empty"},
		{"unknown provider", "targets:\n  - name: a\n    provider: aws\n    regions: [x]\n", `f:3: unknown provider: want aliyunecs, aliyunswas, aliyunens or qingcloud`},
		{"same name", good + "  - name: a\n    provider: aliyunecs\n    regions: [cn-beijing]\n",
			`f:5: duplicate target name, the same as in line 2: want every entry's name to be unique`},
		{"same region", "targets:\n  - name: a\n    provider: aliyunecs\n    regions:\n    - cn-beijing\n    - cn-beijing\n",
			`f:6: duplicate target name, the same as in line 5: want every entry's name and region to be unique`},
		{"same identity", good + "  - name: b\n    provider: aliyunecs\n    regions: [cn-beijing]\n",
			`f:5: this account and the one in line 2 have no credentials, so both would be the same identity: want credentials, or one account for both`},
		{"same identity at two services", good + "  - name: b\n    provider: aliyunswas\n    regions: [cn-beijing]\n",
			`f:5: this account and the one in line 2 have no credentials, so both would be the same identity: want credentials, or one account for both`},
		{"two global regions", "targets:\n  - name: a\n    provider: aliyunens\n    regions: [cn-hangzhou, cn-beijing]\n",
			"f:4: aliyunens has one endpoint: want at most one region"},
		{"plain http", good + "    allow_http: false\n    endpoint: http://10.0.0.1/\n",
			`f:6: endpoint: plain http would show the access key to the network; use https, or set allow_http: true`},
		{"budget is a text", good + "    budget: 3\n", "f:5: budget: want a mapping with per_second, burst, in_flight"},
		{"budget without a limit", good + "    budget: {}\n", "f:5: budget: it has no limit: want per_second, in_flight or both"},
		{"unknown key of a budget", good + "    budget: {per_secnd: 1, in_flight: 1}\n",
			`f:5: budget: unknown key (did you mean "per_second"?): want per_second, burst or in_flight`},
		{"rate of zero", good + "    budget: {per_second: 0}\n", "f:5: per_second: want a number above 0, such as 0.5"},
		{"rate that is no number", good + "    budget: {per_second: NaN}\n", "f:5: per_second: want a number above 0, such as 0.5"},
		{"endless rate", good + "    budget: {per_second: inf}\n", "f:5: per_second: want a number above 0, such as 0.5"},
		{"half a request in flight", good + "    budget:\n      in_flight: 0.5\n", "f:6: in_flight: want a whole number above 0, such as 4"},
		{"negative burst", good + "    budget: {per_second: 1, burst: -1}\n", "f:5: burst: want a whole number above 0, such as 4"},
		{"burst without a rate", good + "    budget: {in_flight: 1, burst: 2}\n",
			"f:5: burst: it is the number of requests that per_second saves up: want per_second besides it"},
		{"two budgets of an account", good + "    budget: {in_flight: 1}\n  - {name: b, account: a, provider: aliyunswas, regions: [cn-beijing], budget: {in_flight: 2}}\n",
			"f:6: budget: line 5 has another one for the same account, and its entries share one: want equal values, or the key in one entry"},
		{"bad endpoint", good + "    endpoint: ftp://x\n", `f:5: endpoint: want an address such as https://api.example.com/`},
		{"bad type of endpoint", good + "    endpoint_type: private\n", "f:5: endpoint_type: want vpc or public"},
		{"endpoint and its type", good + "    endpoint: https://ecs.example.com/\n    endpoint_type: vpc\n",
			"f:6: endpoint_type chooses among the documented endpoints, and line 5 has another one: want only one of the two keys"},
		{"no such type of endpoint", "targets:\n  - name: a\n    provider: aliyunens\n    endpoint_type: vpc\n    regions: [cn-beijing]\n",
			"f:4: endpoint_type asks for the endpoint inside a VPC, and none is documented for region: set endpoint, or endpoint_type to public"},
		{"type of endpoint at QingCloud", qing + "    endpoint_type: vpc\n",
			"f:5: endpoint_type is vpc, and QingCloud documents no such endpoint: set endpoint, or leave the type out"},
		{"bad method", qing + "    method: put\n", "f:5: method: want get or post"},
		{"method of another provider", good + "    method: get\n", "f:5: method: aliyunecs has one method: want the key only at qingcloud"},
		{"no boolean", good + "    allow_http: perhaps\n", "f:5: allow_http: want true or false"},
		{"unset variable", good + "    account: ${UNSET}\n", "f:5: account: the environment variable that ${…} names is not set: want one that is"},
		{"empty variable", good + "    account: ${EMPTY}\n", "f:5: account: want a text that is not empty"},
		{"no variable", good + "    account: ${}\n", "f:5: account: want ${NAME} with the name of an environment variable"},
		{"variable without end", good + "    account: x${KEY\n", "f:5: account: want ${NAME} with the name of an environment variable"},
		{"unknown alias", "targets:\n  - name: a\n    provider: *canary\n    regions: [cn-hangzhou]\n", "f:3: an alias stands here for no anchor: want one that is defined before it"},
		{"empty credentials", good + "    credentials:\n", "f:5: credentials: want a mapping with access_key_id, access_key_secret, " +
			"security_token, profile, instance_role, assume_role"},
		{"no secret", good + "    credentials: {access_key_id: a}\n", `f:5: credentials: missing key "access_key_secret"`},
		{"unknown credential", good + "    credentials:\n      access_key_id: a\n      access_key_secret: b\n      secret: c\n", `f:8: credentials: unknown key` +
			`: want access_key_id, access_key_secret, security_token, profile, instance_role or assume_role`},
		{"two forms", good + "    credentials:\n      security_token: a\n      profile: b\n",
			"f:6: credentials have more than one form (access_key_id, profile): want exactly one"},
		{"empty profile", good + "    credentials: {profile: ''}\n", "f:5: profile: want a text that is not empty"},
		{"role is a text", good + "    credentials:\n      assume_role: acs:ram::1:role/a\n", "f:6: assume_role: want a mapping with arn, base"},
		{"role without base", good + "    credentials: {assume_role: {arn: a}}\n", `f:5: assume_role: missing key "base"`},
		{"role without arn", good + "    credentials:\n      assume_role:\n        base: a\n", `f:7: assume_role: missing key "arn"`},
		{"unknown key of a role", good + "    credentials: {assume_role: {arn: a, base: b, name: c}}\n",
			`f:5: assume_role: unknown key: want arn or base`},
		{"no profiles", qing + "    credentials: {profile: a}\n", "f:5: credentials: qingcloud has no profile: " + instead},
		{"no roles", qing + "    credentials: {assume_role: {arn: a, base: b}}\n", "f:5: credentials: qingcloud has no assume_role: " + instead},
		{"no names of roles", qing + "    credentials:\n      instance_role: web\n",
			"f:6: instance_role: an instance of qingcloud has one role, which has no name: want default"},
		{"two problems", "targets:\n  - name: a\n    provider: x\n    region: y\n",
			"f:4: a target: unknown key (did you mean \"regions\"?): want name, provider, regions, account, endpoint, endpoint_type, method, allow_http, budget or credentials\n" +
				`f:3: unknown provider: want aliyunecs, aliyunswas, aliyunens or qingcloud`},
	} {
		t.Run(c.name, func(t *testing.T) {
			loaded, err := targets.Parse("f", []byte(c.text), around)
			if err == nil {
				t.Fatalf("no error; %d targets", len(loaded))
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
