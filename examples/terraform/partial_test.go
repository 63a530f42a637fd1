package terraform_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/imagequery/imagequery/fakecloud"
)

// Two of the targets and their faults: one is throttled for a while, the other fails.
var (
	throttled = fakecloud.Fault{Do: fakecloud.Throttle, Account: "sample-qing", Times: 2}
	failing   = fakecloud.Fault{Do: fakecloud.Replay, Account: "sample-edge", Status: 403, Body: `{"Code":"Forbidden.RAM","Message":"denied"}`}
)

func TestThrottledTargetsAreAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := configured(t, newCloud(t, fakecloud.Sample()), sixTargets...).mustRead(t, images, object{})
		cloud := newCloud(t, fakecloud.Sample(), throttled)
		got := configured(t, cloud, sixTargets...).mustRead(t, images, object{})
		equal(t, "state", whole, got)
	})
}

func TestPartialAnswerIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := configured(t, newCloud(t, fakecloud.Sample(), throttled, failing), sixTargets...)
		for _, name := range []string{images, newest} {
			for _, config := range []object{{}, {"allow_partial": false}} {
				state, diags := s.read(t, name, config)
				checkDiagnostics(t, diags, "ERROR: 1 of 6 targets failed: Images of these targets may be missing. Set allow_partial = true …sample-edge-aliyunens: …Forbidden.RAM")
				equal(t, "images", nil, state["images"])
			}
		}
	})
}

func TestAllowPartialIsAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := configured(t, newCloud(t, fakecloud.Sample()), prod, dev, swas, qing)
		s := configured(t, newCloud(t, fakecloud.Sample(), throttled, failing), sixTargets...)
		for _, name := range []string{images, newest} {
			state, diags := s.read(t, name, object{"allow_partial": true})
			checkDiagnostics(t, diags, "WARNING: 1 of 6 targets failed: Images of these targets may be missing…sample-edge-aliyunens: …Forbidden.RAM")
			equal(t, "images", whole.mustRead(t, name, object{})["images"], state["images"])
			equal(t, "complete", false, state["complete"])
			equal(t, "missing", list{"sample-edge-aliyunens"}, state["missing"].(list))
			reports := state["reports"].(list)
			edgeReport := reports[len(reports)-2].(object)
			if reason, _ := edgeReport["error"].(string); !strings.Contains(reason, "Forbidden.RAM") {
				t.Errorf("error of the report: %q", reason)
			}
		}
	})
}

func TestAllowPartialNeedsAnAnswer(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample(), failing), edge)
	_, diags := s.read(t, images, object{"allow_partial": true})
	checkDiagnostics(t, diags, "ERROR: 1 of 1 targets failed: No target answered completely.…Forbidden.RAM")

	s = configured(t, newCloud(t, fakecloud.Sample(), failing), prod, edge)
	_, diags = s.read(t, newest, object{"allow_partial": true, "names": list{"no such name"}})
	checkDiagnostics(t, diags, "WARNING: 1 of 3 targets failed: ", "ERROR: No image found: No image of the targets that answered matches.")
}

func TestDiagnosticsNameAtMostTwentyTargets(t *testing.T) {
	var targets list
	for i := range 25 {
		targets = append(targets, with(edge, object{"name": fmt.Sprintf("edge-%02d", i)}))
	}
	s := configured(t, newCloud(t, fakecloud.Sample(), failing), append(targets, prod)...)
	state, diags := s.read(t, images, object{"allow_partial": true})
	checkDiagnostics(t, diags, "WARNING: 25 of 27 targets failed: …and 5 more")
	equal(t, "missing", 25, len(state["missing"].(list)))
}

func TestCancelledReadsEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := configured(t, newCloud(t, fakecloud.Sample(), fakecloud.Fault{Do: fakecloud.Hang}), sixTargets...)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		for _, name := range []string{images, newest} {
			schema := s.schema.DataSourceSchemas[name]
			resp, err := s.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encode(t, schema, object{"allow_partial": true})})
			if err != nil {
				t.Fatal(err)
			}
			checkDiagnostics(t, described(resp.Diagnostics), "ERROR: Search interrupted: …context canceled")
		}
		equal(t, "time", time.Second, time.Since(began))
	})
}
