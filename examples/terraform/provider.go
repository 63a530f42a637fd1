package terraform

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	tfprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

// New returns the constructor of the provider imagequery, as the functions of
// terraform-plugin-framework's providerserver take it. The version is for people and
// the User-Agent of requests. It is safe for concurrent use.
func New(version string) func() tfprovider.Provider {
	return func() tfprovider.Provider { return &imageProvider{version: version} }
}

type imageProvider struct {
	version   string
	configure func(*provider.Config) // of tests; nil: nothing
}

var _ tfprovider.ProviderWithValidateConfig = (*imageProvider)(nil)

func (p *imageProvider) Metadata(_ context.Context, _ tfprovider.MetadataRequest, resp *tfprovider.MetadataResponse) {
	resp.TypeName, resp.Version = "imagequery", p.version
}

func (p *imageProvider) Resources(context.Context) []func() resource.Resource { return nil }

func (p *imageProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newImages, newImage}
}

// The root attributes of the provider's configuration.
const (
	attributeTargets    = "targets"
	attributeConfig     = "config"
	attributeKeepNative = "keep_native"
)

func (p *imageProvider) Schema(_ context.Context, _ tfprovider.SchemaRequest, resp *tfprovider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds machine images across accounts and regions of Alibaba Cloud (ECS, SWAS, ENS) and QingCloud.",
		Attributes: map[string]schema.Attribute{
			attributeConfig: schema.StringAttribute{Optional: true,
				MarkdownDescription: "Path to a YAML file of targets, as the command imagesearch takes it. `${NAME}` in the file is an environment variable. Give either `config` or `targets`."},
			attributeTargets: schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: targetAttributes()},
				MarkdownDescription: "What is searched: one entry per account and provider. Give either `targets` or `config`."},
			attributeKeepNative: schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Whether results have the attribute `native`, the provider's own record of an image. By default it is null."},
		},
	}
}

func targetAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":     schema.StringAttribute{Required: true, MarkdownDescription: "Unique name. Targets are called `NAME/REGION`."},
		"provider": schema.StringAttribute{Required: true, MarkdownDescription: "`aliyunecs`, `aliyunswas`, `aliyunens` or `qingcloud`."},
		"regions": schema.ListAttribute{ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Regions, for `qingcloud` zones. `aliyunens` takes one, or none."},
		"account":  schema.StringAttribute{Optional: true, MarkdownDescription: "Entries of one account share its limits of requests. Default: `name`."},
		"endpoint": schema.StringAttribute{Optional: true, MarkdownDescription: "Address in place of the documented one. `{region}` is replaced by the region."},
		"endpoint_type": schema.StringAttribute{Optional: true,
			MarkdownDescription: "`vpc` for the documented address inside a VPC, or `public`."},
		"method":      schema.StringAttribute{Optional: true, MarkdownDescription: "`get` for a private cloud of QingCloud that takes GET requests only, or `post`."},
		"allow_http":  schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether `endpoint` may have plain http on another machine than this one."},
		"credentials": schema.SingleNestedAttribute{Optional: true, Attributes: credentialAttributes(), MarkdownDescription: credentialsDescription},
	}
}

const credentialsDescription = "One form of credentials: keys, `profile`, `instance_role` or `assume_role`. If they are left out, they come from the environment, " +
	"an OIDC token, the profile files or the instance's role; those of `qingcloud` from the environment or `~/.qingcloud/config.yaml`."

func credentialAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"access_key_id":     schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Access key ID."},
		"access_key_secret": schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Access key secret."},
		"security_token":    schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Security token of temporary keys."},
		"profile":           schema.StringAttribute{Optional: true, MarkdownDescription: "Name of a profile in the files of Alibaba Cloud's tools."},
		"instance_role":     schema.StringAttribute{Optional: true, MarkdownDescription: "Name of the role of the instance. For `qingcloud`: `default`."},
		"assume_role": schema.SingleNestedAttribute{Optional: true, MarkdownDescription: "Role of Alibaba Cloud that a profile assumes.", Attributes: map[string]schema.Attribute{
			"arn":  schema.StringAttribute{Required: true, MarkdownDescription: "ARN of the role."},
			"base": schema.StringAttribute{Required: true, MarkdownDescription: "Name of the profile."},
		}},
	}
}

// ValidateConfig reports bad values that are known. It opens no file and needs no
// environment variable.
func (p *imageProvider) ValidateConfig(_ context.Context, req tfprovider.ValidateConfigRequest, resp *tfprovider.ValidateConfigResponse) {
	config := as[map[string]tftypes.Value](req.Config.Raw)
	resp.Diagnostics.Append(checkChoice(config)...)
	if resp.Diagnostics.HasError() || !config[attributeTargets].IsFullyKnown() || config[attributeTargets].IsNull() {
		return
	}
	loaded, diags := entryTargets(config[attributeTargets])
	resp.Diagnostics.Append(diags...)
	if !diags.HasError() {
		_, err := targets.Open(loaded)
		resp.Diagnostics.Append(configErrors(attributeTargets, err)...)
	}
}

// checkChoice demands one of the two ways to give targets.
func checkChoice(config map[string]tftypes.Value) (diags diag.Diagnostics) {
	file, list := config[attributeConfig], config[attributeTargets]
	switch {
	case !file.IsNull() && !list.IsNull() && file.IsKnown() && list.IsKnown():
		diags.AddAttributeError(path.Root(attributeConfig), "Conflicting targets", "config names a file with targets, and the attribute targets has others: give only one of the two.")
	case file.IsNull() && list.IsNull():
		diags.AddError("Missing targets", "The provider has no targets to search: give the attribute targets, or config with the path of a file.")
	}
	return diags
}

// Configure opens the targets. If the configuration has unknown values, the data
// sources are deferred where that is supported; otherwise reading one is an error, so
// that those with depends_on are read when the values are known.
func (p *imageProvider) Configure(ctx context.Context, req tfprovider.ConfigureRequest, resp *tfprovider.ConfigureResponse) {
	if unknown := unknownPath(req.Config.Raw); unknown != nil {
		resp.DataSourceData = &clouds{unknown: unknown}
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &tfprovider.Deferred{Reason: tfprovider.DeferredReasonProviderConfigUnknown}
		}
		return
	}
	config := as[map[string]tftypes.Value](req.Config.Raw)
	resp.Diagnostics.Append(checkChoice(config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	opened, diags := p.open(ctx, config)
	resp.Diagnostics.Append(diags...)
	if !diags.HasError() {
		resp.DataSourceData = &clouds{targets: opened}
	}
}

// unknownPath returns the path of the first unknown value, or nil.
func unknownPath(v tftypes.Value) (unknown *tftypes.AttributePath) {
	_ = tftypes.Walk(v, func(at *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if unknown == nil && !v.IsKnown() {
			unknown = at
		}
		return unknown == nil, nil
	})
	return unknown
}

// open returns the targets of a configuration whose values are known.
func (p *imageProvider) open(ctx context.Context, config map[string]tftypes.Value) ([]provider.Target, diag.Diagnostics) {
	root, loaded, diags := attributeTargets, []targets.Target(nil), diag.Diagnostics(nil)
	if file := config[attributeConfig]; file.IsNull() {
		loaded, diags = entryTargets(config[attributeTargets])
	} else {
		var err error
		root = attributeConfig
		loaded, err = targets.Load(as[string](file), nil)
		diags = configErrors(root, err)
	}
	if diags.HasError() {
		return nil, diags
	}
	for i := range loaded {
		c := &loaded[i].Config
		c.UserAgent = "terraform-provider-imagequery/" + p.version
		c.Listing.KeepNative = as[bool](config[attributeKeepNative])
		if p.configure != nil {
			p.configure(c)
		}
	}
	opened, err := targets.Open(loaded)
	if err == nil {
		err = targets.Authenticate(ctx, loaded)
	}
	return opened, configErrors(root, err)
}

// entryTargets returns the targets of the attribute of that name.
func entryTargets(list tftypes.Value) ([]targets.Target, diag.Diagnostics) {
	if diags := emptyTexts(list); diags.HasError() {
		return nil, diags
	}
	var entries []targets.Entry
	if err := decodeInto(&entries, fromConfig(list)); err != nil {
		return nil, configErrors(attributeTargets, err)
	}
	loaded, err := targets.New(entries, nil)
	return loaded, configErrors(attributeTargets, err)
}

// emptyTexts refuses empty strings and null in lists, which entries cannot tell from
// values that are left out: an empty variable must not select a default.
func emptyTexts(list tftypes.Value) (diags diag.Diagnostics) {
	_ = tftypes.Walk(list, func(at *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		_, element := at.LastStep().(tftypes.ElementKeyInt)
		if v.IsNull() && element || !v.IsNull() && v.Type().Is(tftypes.String) && as[string](v) == "" {
			diags.AddAttributeError(pathOf(attributeTargets, stepsOf(at)...), invalidConfig, "want a value that is not empty, or leave it out")
		}
		return true, nil
	})
	return diags
}

// stepsOf returns the steps of a path as [pathOf] takes them.
func stepsOf(at *tftypes.AttributePath) []any {
	var steps []any
	for _, step := range at.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			steps = append(steps, string(step))
		case tftypes.ElementKeyInt:
			steps = append(steps, int(step))
		}
	}
	return steps
}

const invalidConfig = "Invalid provider configuration"

// configErrors returns a diagnostic for each error that is joined in err, at the path
// of the value if it is known.
func configErrors(root string, err error) (diags diag.Diagnostics) {
	for _, one := range joined(err) {
		var steps []any
		detail := one.Error()
		if e := (*targets.EntryError)(nil); errors.As(one, &e) {
			steps = slices.Clone(e.Path)
		}
		diags.AddAttributeError(pathOf(root, steps...), invalidConfig, detail)
	}
	return diags
}

// joined returns the errors that errors.Join has joined, or a single error.
func joined(err error) []error {
	if err == nil {
		return nil
	}
	_, single := err.(*provider.Error) // it unwraps to its kind and its cause
	if many, ok := err.(interface{ Unwrap() []error }); ok && !single {
		return many.Unwrap()
	}
	return []error{err}
}
