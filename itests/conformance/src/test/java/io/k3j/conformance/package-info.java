/// Upstream's own tests, run as they are against a server with nothing but defaults: none is changed, retried or given
/// another image. What they say becomes `docs/conformance.md` and `docs/conformance-network.md`.
///
/// `mvn -Pconformance verify -pl itests/conformance -am` runs them, with `-Dk3j.conformance.groups=network` one suite,
/// with names of groups these; without the profile only what reads their reports is tested.
@NullMarked
package io.k3j.conformance;

import org.jspecify.annotations.NullMarked;
