# Each target does its own set-up. What they do is in cmd/check.
.PHONY: demo test test-browser assets build bench bench-search setup

demo: setup build
	./bin/eakte demo

test:
	go run ./cmd/check test

test-browser:
	go run ./cmd/check browser

assets:
	go run ./cmd/check assets

build: assets
	go build -o bin/ ./cmd/eakte ./cmd/eakte-reader ./cmd/eakte-verify

bench: build
	go run ./cmd/check bench

bench-search: build
	go run ./cmd/check bench-search

setup:
	go run ./cmd/check setup

# Campaigns: make torture-kill N=1000 SEED=7
torture-%: build
	go run ./cmd/check torture $*
