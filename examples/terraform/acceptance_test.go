//go:build acceptance

package terraform_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/imagequery/imagequery/examples/terraform"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// These tests run a real command: acceptance.sh builds OpenTofu and names it in
// TF_ACC_TERRAFORM_PATH. Each step plans, applies, and plans again, which must then
// change nothing.

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"imagequery": providerserver.NewProtocol6WithError(terraform.New("acceptance")()),
}

// served returns the provider's configuration for a fake cloud: two regions of one
// account, and one target that fails if the cloud has the fault failing.
func served(t *testing.T, faults ...fakecloud.Fault) string {
	t.Helper()
	listening, err := newCloud(t, fakecloud.Sample(), faults...).Listen("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listening.Close() })
	return fmt.Sprintf(`
variable "secret" {
  type      = string
  sensitive = true
  default   = "sample-prod-key-secret"
}

provider "imagequery" {
  targets = [
    {
      name        = "prod"
      provider    = "aliyunecs"
      regions     = ["cn-hangzhou", "cn-beijing"]
      endpoint    = %[1]q
      credentials = { access_key_id = "sample-prod-key", access_key_secret = var.secret }
    },
    {
      name        = "edge"
      provider    = "aliyunens"
      endpoint    = %[1]q
      credentials = { access_key_id = "sample-edge-key", access_key_secret = "sample-edge-key-secret" }
    },
  ]
}
`, listening.URL())
}

func accept(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: steps})
}

func TestAcceptanceNewestImage(t *testing.T) {
	want := expected(t, trusted(image.Query{Platforms: []string{"ubuntu"}, Archs: []image.Arch{image.ArchX86_64}}),
		[3]string{"sample-prod", "aliyunecs", "cn-hangzhou"}, [3]string{"sample-prod", "aliyunecs", "cn-beijing"})[0].(object)
	accept(t, resource.TestStep{
		Config: served(t) + `
data "imagequery_image" "ubuntu" {
  platforms       = ["ubuntu"]
  archs           = ["amd64"]
  regions         = ["cn-hangzhou", "cn-beijing"]
  skip_unreported = true
}

data "imagequery_image" "regions" {
  platforms = ["ubuntu"]
  sources   = ["system"]
  per       = ["region"]
  skip_unreported = true
}

output "regions" {
  value = [for m in data.imagequery_image.regions.images : m.region]
}

resource "terraform_data" "instance" {
  input = data.imagequery_image.ubuntu.image.id
}
`,
		Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr("data.imagequery_image.ubuntu", "image.id", want["id"].(string)),
			resource.TestCheckResourceAttr("data.imagequery_image.ubuntu", "image.created", want["created"].(string)),
			resource.TestCheckResourceAttr("data.imagequery_image.ubuntu", "complete", "true"),
			resource.TestCheckResourceAttr("terraform_data.instance", "output", want["id"].(string)),
			resource.TestCheckResourceAttr("data.imagequery_image.regions", "images.#", "2"),
		),
	})
}

func TestAcceptancePartialAnswers(t *testing.T) {
	config := served(t, failing)
	accept(t,
		resource.TestStep{
			Config:      config + "data \"imagequery_images\" \"all\" {}\n",
			ExpectError: regexp.MustCompile(`1 of 3 targets failed(.|\n)*edge:(.|\n)*Forbidden\.RAM`),
		},
		resource.TestStep{
			Config: config + "data \"imagequery_images\" \"all\" {\n  allow_partial = true\n}\n",
			Check: resource.ComposeAggregateTestCheckFunc(
				resource.TestCheckResourceAttr("data.imagequery_images.all", "complete", "false"),
				resource.TestCheckResourceAttr("data.imagequery_images.all", "missing.0", "edge"),
			),
		},
	)
}

func TestAcceptanceWrongValues(t *testing.T) {
	config := served(t)
	accept(t,
		resource.TestStep{
			Config:      config + "data \"imagequery_images\" \"all\" {\n  statuses = [\"available\", \"ready\"]\n}\n",
			ExpectError: regexp.MustCompile(`Invalid statuses(.|\n)*unknown status "ready": want pending,`),
		},
		resource.TestStep{
			Config:      config + "data \"imagequery_image\" \"none\" {\n  names = [\"no such name\"]\n}\n",
			ExpectError: regexp.MustCompile(`No image found`),
		},
		resource.TestStep{
			Config:      "provider \"imagequery\" {\n  config = \"f.yaml\"\n  targets = []\n}\ndata \"imagequery_images\" \"all\" {}\n",
			ExpectError: regexp.MustCompile(`Conflicting targets`),
		},
	)
}

// TestAcceptanceUnknownValues makes values known only during apply.
func TestAcceptanceUnknownValues(t *testing.T) {
	accept(t, resource.TestStep{
		Config: served(t) + `
resource "terraform_data" "platform" {
  input = "ubuntu"
}

data "imagequery_images" "all" {
  platforms       = [terraform_data.platform.output]
  skip_unreported = true
}
`,
		Check: resource.TestCheckResourceAttr("data.imagequery_images.all", "images.0.platform", "ubuntu"),
	})
}

func TestAcceptanceUnknownProviderConfiguration(t *testing.T) {
	listening, err := newCloud(t, fakecloud.Sample()).Listen("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listening.Close() })
	const format = `
resource "terraform_data" "address" {
  input = %q
}

provider "imagequery" {
  targets = [{
    name        = "prod"
    provider    = "aliyunecs"
    regions     = ["cn-hangzhou"]
    endpoint    = terraform_data.address.output
    credentials = { access_key_id = "sample-prod-key", access_key_secret = "sample-prod-key-secret" }
  }]
}

data "imagequery_images" "all" {
  sources = ["self"]
  %s
}
`
	accept(t,
		resource.TestStep{
			Config:      fmt.Sprintf(format, listening.URL(), ""),
			ExpectError: regexp.MustCompile(`Provider configuration not known yet(.|\n)*targets\[0\]\.endpoint`),
		},
		resource.TestStep{
			Config: fmt.Sprintf(format, listening.URL(), "depends_on = [terraform_data.address]"),
			Check:  resource.TestCheckResourceAttr("data.imagequery_images.all", "complete", "true"),
		},
	)
}
