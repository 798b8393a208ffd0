/// Whether somebody who is trusted has signed a jar, whole.
///
/// [TrustedSigners] are the certificates and public keys of `--plugin-trust`. `SignedJar` has the JDK verify a jar and
/// looks for what the JDK lets pass, `SignerRules` decides whether a signature counts, `TrustFile` reads PEM. No
/// cryptography of its own, no state but what was read. The format is that of the jar file specification
/// (<https://docs.oracle.com/en/java/javase/25/docs/specs/jar/jar.html#signed-jar-file>).
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.signedjars;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
