/// Certificates, keys and tokens in K3s' formats.
///
/// A library of pure functions and small values: no services, no state, no threads. Certificates are
/// written in DER by hand ([CertificateAuthority]); the JDK parses, signs and verifies them. That is
/// a few hundred lines in place of a cryptography library, and the first certificate of a cold
/// process costs milliseconds.
///
/// [PemFiles] is the only type that touches the disk. Secrets are written with mode 0600 before their first byte.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.pki;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
