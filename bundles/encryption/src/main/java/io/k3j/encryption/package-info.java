/// Encryption at rest in upstream's formats: the configuration file, its keys, and the rows they seal.
///
/// A library of pure functions and values: no services, no state, no disk, no threads. AES is the JDK's; Salsa20 and
/// Poly1305, which it does not have, are written by hand ([SecretBox]) and checked against the vectors of NaCl.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.encryption;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
