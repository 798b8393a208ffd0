/// Extend the API server: resource kinds and their hooks, authenticators, authorizers, admission, audit.
///
/// A kind, an authorizer or a wanted admission plug-in whose bundle is away is answered with 503 and
/// `Retry-After`; it stays in discovery and never becomes 404 or "allowed".
@Export
@Version("2.11.0")
@NullMarked
package io.k3j.apiserverapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
