/// The proxy that an HTTP client of this process goes through, as the environment or a flag names it, by the rules of
/// programs written in Go (<https://pkg.go.dev/golang.org/x/net/http/httpproxy>).
///
/// Immutable values; any thread; nothing is resolved and nothing blocks. What cannot be used is an
/// `IllegalArgumentException` without the login.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.httpproxy;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
