/// Certificates, keys and tokens in K3s' formats.
///
/// A library of pure functions and small values: no services, no state, no threads. Bouncy Castle builds and
/// reads structures (certificates, requests, keys, PEM) and derives keys by scrypt; the JDK makes keys, signs and
/// verifies. No provider is registered with the JDK's, so nothing else of the process changes.
///
/// [PemFiles] is the only type that touches the disk. Secrets are written with mode 0600 before their first byte.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.pki;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
