package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"eakte/archive/audit/anchor"
	"eakte/archive/audit/stamp"
	"eakte/archive/audit/witness"
)

// openAnchor joins the trail with those who vouch for it, if any were named.
func (a *app) openAnchor() error {
	cfg := anchor.Config{Store: a.store, Log: a.log}
	if a.cfg.Witness != "" {
		key, err := textOrFile(a.cfg.WitnessKey)
		if err != nil {
			return fmt.Errorf("EAKTE_WITNESS_KEY: %w", err)
		}
		w, err := witness.NewClient(a.cfg.Witness, key, a.cfg.WitnessCA)
		if err != nil {
			return fmt.Errorf("EAKTE_WITNESS: %w", err)
		}
		cfg.Witness, cfg.WitnessName = w, w.Key.Name()
	}
	if a.cfg.TSA != "" {
		s, err := stamp.New(a.cfg.TSA, a.cfg.TSACA)
		if err != nil {
			return fmt.Errorf("EAKTE_TSA: %w", err)
		}
		cfg.Stamper = s
		if u, err := url.Parse(a.cfg.TSA); err == nil {
			cfg.StamperName = u.Hostname()
		}
	}
	a.anchor = anchor.New(cfg)
	return nil
}

// textOrFile returns the text of a verifier key, or what the file of that name holds.
func textOrFile(v string) (string, error) {
	if strings.Count(v, "+") >= 2 {
		return v, nil
	}
	data, err := os.ReadFile(v)
	return strings.TrimSpace(string(data)), err
}
