/// Upstream's own tests of the network, run as they are against a server with nothing but defaults: none is changed,
/// retried or given another image. What they say becomes `docs/conformance.md`.
///
/// `mvn -Pconformance verify -pl itests/conformance -am` runs them; without the profile only what reads their reports
/// is tested.
@NullMarked
package io.k3j.conformance;

import org.jspecify.annotations.NullMarked;
