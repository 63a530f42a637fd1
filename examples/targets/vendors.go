package targets

import (
	"fmt"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// find returns the credentials that a form describes, or what is wrong with it.
// Nothing is looked up yet.
func (o Options) find(f form) (found provider.CredentialsProvider, problem string) {
	if f.vendor == providers.QingCloud {
		return o.ofQingCloud(f)
	}
	switch f.kind {
	case kindProfile:
		return o.Alibaba.Profile(f.name), ""
	case kindInstanceRole:
		return o.Alibaba.InstanceRole(f.name), ""
	case kindAssumeRole:
		return o.Alibaba.AssumeRole(o.Alibaba.Profile(f.base), aliyuncreds.Role{ARN: f.name}), ""
	}
	return o.Alibaba.Default(), ""
}

// onlyRole stands for the role of a QingCloud instance, which has no name.
const onlyRole = "default"

func (o Options) ofQingCloud(f form) (found provider.CredentialsProvider, problem string) {
	switch {
	case f.kind == "":
		return qingcloud.Default(), ""
	case f.kind == kindInstanceRole && f.name == onlyRole:
		return qingcloud.IAMToken(o.QingCloudMetadata), ""
	case f.kind == kindInstanceRole:
		return nil, fmt.Sprintf("%s: an instance of qingcloud has one role, which has no name: want %s", f.kind, onlyRole)
	}
	return nil, fmt.Sprintf("credentials: qingcloud has no %s: want access_key_id and access_key_secret, instance_role: %s, "+
		"or leave credentials out", f.kind, onlyRole)
}
