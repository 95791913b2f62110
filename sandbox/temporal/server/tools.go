//go:build tools

// Package tools keeps the Temporal CLI among the requirements of this module; see ../find-server.ts.
package tools

import _ "github.com/temporalio/cli/cmd/temporal"
