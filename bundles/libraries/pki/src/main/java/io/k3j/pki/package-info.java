/// Certificates, keys and tokens in K3s' formats: what this product writes K3s reads, and the other way round.
///
/// A library of pure functions and small values: no services, no state, no threads. Bouncy Castle builds and reads
/// structures (certificates, requests, keys, PEM) and derives keys by scrypt; the JDK makes keys, signs and verifies.
/// No provider is registered with the JDK's, so nothing else of the process changes.
///
/// [PemFiles] is the only type that touches the disk, [ClusterAccess] the only one that touches the network. Secrets
/// are written with mode 0600 before their first byte, and no `toString` has one in it.
///
/// **Threads.** Any, for everything. What blocks says so; making RSA keys and hashing node passwords take processor
/// time. Salts, nonces and serial numbers come from a generator of the caller's, which has to be fit for cryptography;
/// keys come from the JDK's.
///
/// **Errors.** What comes from outside and is malformed is an `IllegalArgumentException` that says what is wrong,
/// without secrets: encodings, tokens, records. A Java runtime without an algorithm that every runtime has is an
/// `IllegalStateException`.
///
/// Source: K3s' token page <https://docs.k3s.io/cli/token> and certificate page <https://docs.k3s.io/cli/certificate>,
/// RFC 5280, RFC 2986, RFC 7468, RFC 7914.
@Export
@Version("1.5.0")
@NullMarked
package io.k3j.pki;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
