package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const (
	webLine = `{"target":"prod/cn-hangzhou","image":{"provider":"aliyunecs","region":"cn-hangzhou","id":"m-web","name":"web-2",` +
		`"description":"say \"hi\", <you>","family":"web","version":"2","source":"self","visibility":"private","status":"available",` +
		`"progress":100,"os":"linux","platform":"ubuntu","os_version":"22.04","os_name":"Ubuntu 22.04 64 bit","arch":"x86_64","boot_mode":"UEFI","size_gib":20,` +
		`"disks":[{"type":"system","device":"/dev/xvda","size_gib":20,"snapshot_id":"s-1"}],"created":"2026-01-31T08:00:00Z",` +
		`"source_snapshots":["s-1"],"tags":{"app":"a,b","env":"prod"}}}`
	orderLine = `{"target":"prod/cn-beijing","image":{"provider":"aliyunecs","region":"cn-beijing","id":"m-order","name":"订单服务",` +
		`"source":"self","visibility":"private","status":"deprecated","os":"linux","platform":"centos","arch":"arm64",` +
		`"created":"2025-12-01T00:00:00Z"}}`
	csvFirstLine = "target,provider,region,id,name,description,family,version,source,owner,visibility,status,progress,os,platform," +
		"os_version,os_name,arch,boot_mode,size_gib,disks,created,status_changed,source_instance,source_snapshots,resource_group,tags"
	webRow = `prod/cn-hangzhou,aliyunecs,cn-hangzhou,m-web,web-2,"say ""hi"", <you>",web,2,self,,private,available,100,linux,ubuntu,22.04,` +
		`Ubuntu 22.04 64 bit,x86_64,UEFI,20,"[{""type"":""system"",""device"":""/dev/xvda"",""size_gib"":20,""snapshot_id"":""s-1""}]",` +
		`2026-01-31T08:00:00Z,,,"[""s-1""]",,"{""app"":""a,b"",""env"":""prod""}"`
)

func TestOutput(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"table is the default", nil, "" +
			"TARGET            ID       NAME      PLATFORM  ARCH    STATUS      SOURCE  SIZE_GIB  CREATED (UTC)\n" +
			"prod/cn-hangzhou  m-web    web-2     ubuntu    x86_64  available   self          20  2026-01-31 08:00\n" +
			"prod/cn-beijing   m-order  订单服务  centos    arm64   deprecated  self           -  2025-12-01 00:00\n"},
		{"empty table", []string{"--name", "none"}, "TARGET  ID  NAME  PLATFORM  ARCH  STATUS  SOURCE  SIZE_GIB  CREATED (UTC)\n"},
		{"json", []string{"--output", "json"}, "[\n" + webLine + ",\n" + orderLine + "\n]\n"},
		{"empty json", []string{"--output", "json", "--name", "none"}, "[]\n"},
		{"ndjson", []string{"--output", "ndjson", "--platform", "ubuntu"}, webLine + "\n"},
		{"empty ndjson", []string{"--output", "ndjson", "--name", "none"}, ""},
		{"csv", []string{"--output=csv"}, csvFirstLine + "\n" +
			webRow + "\n" +
			`prod/cn-beijing,aliyunecs,cn-beijing,m-order,订单服务,,,,self,,private,deprecated,,linux,centos,,,arm64,,,,2025-12-01T00:00:00Z,,,,,` + "\n"},
		{"empty csv", []string{"--output", "csv", "--name", "none"}, csvFirstLine + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := imagesearch(t.Context(), append([]string{"--config", file}, c.args...)...)
			if diff := cmp.Diff(result{0, c.want, ""}, got, cmp.AllowUnexported(result{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNativeRecord(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	var hits []provider.Hit
	got := imagesearch(t.Context(), "--config", file, "--native-record", "--output", "json", "--id", "m-web")
	if err := json.Unmarshal([]byte(got.stdout), &hits); err != nil || len(hits) != 1 {
		t.Fatalf("%+v: %v", got, err)
	}
	if native := string(hits[0].Image.Native); !strings.Contains(native, `"ImageId":"m-web"`) {
		t.Errorf("native = %s", native)
	}
	rows, err := csv.NewReader(strings.NewReader(imagesearch(t.Context(), "--config", file, "--native-record", "--output", "csv", "--id", "m-web").stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if last := len(rows[0]) - 1; rows[0][last] != "native" || !json.Valid([]byte(rows[1][last])) {
		t.Errorf("last column: %q: %q", rows[0][last], rows[1][last])
	}
}

func TestTableIsSafe(t *testing.T) {
	var b strings.Builder
	hit := provider.Hit{Target: "t", Image: image.Image{Ref: image.Ref{ID: "m-1"}, Name: "a\x1b[31m\nb\u202ec"}}
	if err := writeTable(&b, document{hits: []provider.Hit{hit}}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(b.String(), "\n"); len(lines) != 3 || !strings.Contains(lines[1], "a\ufffd[31m b\ufffdc") {
		t.Errorf("%q", b.String())
	}
}

// Whatever the order of arrival, hits are printed in the order of the targets, and
// of each target's answer.
func TestOrder(t *testing.T) {
	var b strings.Builder
	r := &runner{stdout: &b, options: options{output: formatJSON}}
	p := r.newPrinter([]provider.Target{{Name: "one"}, {Name: "two"}})
	for _, s := range []string{"two 3", "one 9", "two 1", "one 2"} {
		target, id, _ := strings.Cut(s, " ")
		if err := p.print(provider.Hit{Target: target, Image: image.Image{Ref: image.Ref{ID: id}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	var hits []provider.Hit
	if err := json.Unmarshal([]byte(b.String()), &hits); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, hit := range hits {
		got = append(got, hit.Target+" "+hit.Image.ID)
	}
	if want := []string{"one 9", "one 2", "two 3", "two 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestUnwritableOutput(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	for _, c := range []struct {
		err    error
		status int
		stderr string
	}{
		{syscall.EPIPE, exitComplete, ""},
		{io.ErrClosedPipe, exitComplete, ""},
		{errors.New("disk full"), exitFailed, "imagesearch: standard output: disk full\n"},
	} {
		for _, format := range formats() {
			var stderr strings.Builder
			broken := writerFunc(func([]byte) (int, error) { return 0, c.err })
			status := run(t.Context(), []string{"--config", file, "--output", string(format)}, broken, &stderr, isolatedEnvironment(nil))
			if status != c.status || stderr.String() != c.stderr {
				t.Errorf("%v, %s: status %d, %q", c.err, format, status, stderr.String())
			}
		}
	}
}
