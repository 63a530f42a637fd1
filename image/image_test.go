package image_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/imagequery/imagequery/image"
)

func TestRefStringIsAPath(t *testing.T) {
	for want, ref := range map[string]image.Ref{
		"aliyunecs/cn-hangzhou/m-1": {Provider: "aliyunecs", Region: "cn-hangzhou", ID: "m-1"},
		"aliyunens/m-1":             {Provider: "aliyunens", ID: "m-1"},
		"cn-hangzhou/m-1":           {Region: "cn-hangzhou", ID: "m-1"},
		"aliyunecs":                 {Provider: "aliyunecs"},
		"":                          {},
	} {
		check(t, "String", want, ref.String())
		check(t, "%v", want, fmt.Sprintf("%v", ref))
	}
}

func TestRefIsComparable(t *testing.T) {
	seen := map[image.Ref]bool{fullImage().Ref: true}
	check(t, "same", true, seen[image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: "m-1"}])
	check(t, "other", false, seen[image.Ref{Provider: "aliyunecs", ID: "m-1"}])
}

func TestImageStringHasReferenceAndName(t *testing.T) {
	for want, m := range map[string]image.Image{
		"aliyunecs/cn-hangzhou/m-1 (web-2024)": fullImage(),
		"aliyunens/m-1":                        {Ref: image.Ref{Provider: "aliyunens", ID: "m-1"}},
		"(web)":                                {Name: "web"},
		"":                                     {},
	} {
		check(t, "String", want, m.String())
		check(t, "%v", want, fmt.Sprintf("%v", m))
		check(t, "%v of a pointer", want, fmt.Sprintf("%v", &m))
		check(t, "%+v in a list", "["+want+"]", fmt.Sprintf("%+v", []image.Image{m}))
	}
}

const fullImageJSON = `{
  "provider": "aliyunecs",
  "region": "cn-hangzhou",
  "id": "m-1",
  "name": "web-2024",
  "description": "web server",
  "family": "web",
  "version": "7",
  "source": "self",
  "owner": "1234",
  "visibility": "private",
  "status": "available",
  "progress": 100,
  "os": "linux",
  "platform": "ubuntu",
  "os_version": "22.04",
  "os_name": "Ubuntu 22.04 64 bit",
  "arch": "x86_64",
  "boot_mode": "UEFI",
  "size_gib": 40,
  "disks": [
    {
      "type": "system",
      "device": "/dev/xvda",
      "size_gib": 40,
      "format": "qcow2",
      "snapshot_id": "s-1",
      "encrypted": true
    },
    {
      "type": "data"
    }
  ],
  "created": "2024-05-06T07:08:09Z",
  "status_changed": "2024-05-07T00:00:00.5Z",
  "source_instance": "i-1",
  "source_snapshots": [
    "s-1",
    "s-2"
  ],
  "resource_group": "rg-1",
  "tags": {
    "empty": "",
    "env": "prod"
  },
  "native": {
    "ImageId": "m-1"
  }
}`

func TestImageJSONIsStable(t *testing.T) {
	compacted := fullImage()
	compacted.Native = []byte("{\n    \"ImageId\": \"m-1\"\n  }")
	for name, tt := range map[string]struct {
		image image.Image
		want  string
	}{
		"full": {compacted, fullImageJSON},
		"zero": {image.Image{}, `{}`},
		"empty lists": {
			image.Image{Disks: []image.Disk{}, SourceSnapshots: []string{}, Tags: map[string]string{}, Native: []byte{}},
			`{}`,
		},
		"empty disk": {image.Image{Disks: []image.Disk{{}}}, "{\n  \"disks\": [\n    {}\n  ]\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.MarshalIndent(tt.image, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			check(t, "JSON", tt.want, string(data))
		})
	}
}

func TestImageJSONReadsBack(t *testing.T) {
	for name, want := range map[string]image.Image{
		"full": fullImage(),
		"zero": {},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var got image.Image
			if err := json.Unmarshal(data, &got); err != nil {
				t.Fatal(err)
			}
			check(t, "read back", want, got)
		})
	}
}

// A MarshalJSON method of Image would replace that of the other struct.
func TestImageInAnotherStructKeepsItsJSON(t *testing.T) {
	data, err := json.Marshal(struct {
		image.Image
		Target string `json:"target"`
	}{image.Image{Name: "web"}, "prod"})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "JSON", `{"name":"web","target":"prod"}`, string(data))
}
