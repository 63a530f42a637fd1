package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// testWorld has an account with images in two regions, and one whose key is disabled.
func testWorld(images ...image.Image) fakecloud.World {
	w := fakecloud.World{
		Regions: map[string][]string{"aliyunecs": {"cn-hangzhou", "cn-beijing"}},
		Accounts: []fakecloud.Account{
			{Name: "prod", ID: "1001", Keys: []fakecloud.Key{{ID: "prod-key", Secret: "canary-secret", Token: "canary-token"}}},
			{Name: "off", ID: "1003", Keys: []fakecloud.Key{{ID: "off-key", Secret: "canary-secret", Disabled: true}}},
		},
	}
	for _, m := range images {
		w.Accounts[0].Images = append(w.Accounts[0].Images, fakecloud.Image{Image: m})
	}
	return w
}

// webImage returns an image that was made on a day of January 2026.
func webImage(day int, region string) image.Image {
	return image.Image{
		Ref: image.Ref{Provider: "aliyunecs", Region: region, ID: fmt.Sprintf("m-%02d", day)}, Name: fmt.Sprintf("web-%d", day),
		Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, OS: image.OSLinux, Platform: "ubuntu",
		OSName: "Ubuntu 22.04 64 bit", Arch: image.ArchX86_64, SizeGiB: 20, Created: time.Date(2026, 1, day, 8, 0, 0, 0, time.UTC),
	}
}

// prodTarget is the configuration of the account prod.
const prodTarget = `targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    endpoint: http://127.0.0.1/
    credentials: {access_key_id: prod-key, access_key_secret: canary-secret, security_token: canary-token}
`

// offTarget continues prodTarget with the account whose key is disabled.
const offTarget = `  - name: off
    provider: aliyunecs
    regions: [cn-hangzhou]
    endpoint: http://127.0.0.1/
    credentials: {access_key_id: off-key, access_key_secret: canary-secret}
`

// emulate starts a fake cloud in this process.
func emulate(t *testing.T, w fakecloud.World, faults ...fakecloud.Fault) *fakecloud.Cloud {
	t.Helper()
	cloud, err := fakecloud.New(w)
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	return cloud
}

// open opens the targets of a configuration at a fake cloud.
func open(t *testing.T, config string, cloud *fakecloud.Cloud) []provider.Target {
	t.Helper()
	loaded, err := targets.Parse("clouds.yaml", []byte(config), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range loaded {
		loaded[i].Config.HTTPClient = &http.Client{Transport: cloud.Transport()}
	}
	opened, err := targets.Open(loaded)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// session is a client that is connected to a server.
type session struct {
	*mcp.ClientSession
	t       *testing.T
	schemas map[string]*jsonschema.Resolved // of answers, by tool
	log     *bytes.Buffer                   // read it after the calls
}

// connect serves targets in this process.
func connect(t *testing.T, searchable []provider.Target) *session {
	t.Helper()
	return connectFor(t, searchable, time.Hour)
}

// connectFor is connect with the time that a call may take.
func connectFor(t *testing.T, searchable []provider.Target, timeout time.Duration) *session {
	t.Helper()
	var log bytes.Buffer
	toServer, toClient := mcp.NewInMemoryTransports()
	server, err := newServer(searchable, timeout, slog.New(slog.NewTextHandler(&log, nil))).Connect(t.Context(), toServer, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := join(t, toClient)
	s.log = &log
	t.Cleanup(func() { _ = server.Wait() })
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// join connects a client and fetches the tools.
func join(t *testing.T, transport mcp.Transport) *session {
	t.Helper()
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{ClientSession: client, t: t, schemas: map[string]*jsonschema.Resolved{}}
	for tool, err := range client.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		s.schemas[tool.Name] = resolve(t, tool.OutputSchema)
	}
	return s
}

func resolve(t *testing.T, schema any) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	remarshal(t, schema, &s)
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func remarshal(t *testing.T, from, into any) {
	t.Helper()
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// call calls a tool with arguments in JSON. It demands that the answer is as the tool
// describes it and has no secret.
func (s *session) call(tool, arguments string) *mcp.CallToolResult {
	s.t.Helper()
	got, err := s.CallTool(s.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: json.RawMessage(arguments)})
	if err != nil {
		s.t.Fatalf("%s(%s): %v", tool, arguments, err)
	}
	if !got.IsError {
		if err := s.schemas[tool].Validate(got.StructuredContent); err != nil {
			s.t.Errorf("%s(%s): %v", tool, arguments, err)
		}
	}
	var everything any
	remarshal(s.t, got, &everything)
	if all := fmt.Sprint(everything); strings.Contains(all, "canary") {
		s.t.Errorf("%s(%s) has a secret: %s", tool, arguments, all)
	}
	return got
}

// answerTo is the structured answer of a call that is no error.
func answerTo[T any](s *session, tool, arguments string) (out T) {
	s.t.Helper()
	got := s.call(tool, arguments)
	if got.IsError {
		s.t.Fatalf("%s(%s): %s", tool, arguments, textOf(got))
	}
	remarshal(s.t, got.StructuredContent, &out)
	return out
}

func textOf(r *mcp.CallToolResult) string {
	var b strings.Builder
	for _, c := range r.Content {
		if text, ok := c.(*mcp.TextContent); ok {
			b.WriteString(text.Text)
		}
	}
	return b.String()
}

// idsOf are the images of a list.
func idsOf(l imageList) string {
	var ids []string
	for _, hit := range l.Images {
		ids = append(ids, hit.Image.ID)
	}
	return strings.Join(ids, " ")
}
