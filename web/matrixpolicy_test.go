package web

import (
	"net/url"

	"eakte/acl/oracletest"
)

// readsRules says who reads versions of the access rules: who proposes, judges or controls them.
func readsRules(p oracletest.Pair) bool {
	return able(p, "rules.read") || able(p, "rules.propose") || able(p, "rules.approve")
}

// policyRoutes are those to the access rules, where version 999 was never proposed.
func policyRoutes(p oracletest.Pair) map[string]pairRoute {
	shown, proposed := choose(readsRules(p), 404, 403), choose(able(p, "rules.propose"), 422, 403)
	return map[string]pairRoute{
		"GET /policies":                    {"/policies", nil, nil, choose(readsRules(p), 200, 403)},
		"POST /policies":                   {"/policies", newForm().meta(`{"reason":"x"}`), nil, proposed},
		"GET /policies/:number":            {"/policies/999", nil, nil, shown},
		"GET /policies/:number/simulation": {"/policies/999/simulation", nil, nil, shown},
		"GET /policies/:number/rules.zip":  {"/policies/999/rules.zip", nil, nil, shown},
		"POST /policies/:number/judge":     {"/policies/999/judge", `{"approve":true,"seen":1}`, nil, shown},
		"POST /policies/:number/restore":   {"/policies/999/restore", `{"reason":"x"}`, nil, proposed},
		"GET /policies/processing":         {"/policies/processing", nil, nil, choose(readsRules(p), 200, 403)},
		"POST /policies/explain":           {"/policies/explain", `{"user":"jemand","akte":"33.11-999999/2026","action":"read"}`, nil, choose(able(p, "rules.read"), 404, 403)},
	}
}

// policyPages are the pages of the access rules.
func policyPages(p oracletest.Pair) map[string]pageRoute {
	shown, asked := choose(readsRules(p), 404, 403), url.Values{"user": {"jemand"}, "akte": {"33.11-999999/2026"}, "action": {"read"}}
	return map[string]pageRoute{
		"GET /rules":                    {path: "/rules", want: choose(readsRules(p), 200, 403)},
		"POST /rules":                   {path: "/rules", form: url.Values{"reason": {"x"}}, want: choose(able(p, "rules.propose"), 422, 403)},
		"GET /rules/explain":            {path: "/rules/explain", want: choose(able(p, "rules.read"), 200, 403)},
		"POST /rules/explain":           {path: "/rules/explain", form: asked, want: choose(able(p, "rules.read"), 404, 403)},
		"GET /rules/processing":         {path: "/rules/processing", want: choose(readsRules(p), 200, 403)},
		"GET /rules/:number":            {path: "/rules/999", want: shown},
		"GET /rules/:number/simulation": {path: "/rules/999/simulation", want: shown},
		"POST /rules/:number/judge":     {path: "/rules/999/judge", form: url.Values{"seen": {"1"}, "decision": {"approve"}}, want: shown},
		"POST /rules/:number/restore":   {path: "/rules/999/restore", form: url.Values{"reason": {"x"}}, want: choose(able(p, "rules.propose"), 404, 403)},
	}
}
