/// Encryption at rest in upstream's formats: the configuration file, its keys, and the rows they seal.
///
/// A library of pure functions and values: no services, no state, no disk, no threads. AES is the JDK's; XSalsa20 and
/// Poly1305 ([SecretBox]), which it does not have, are Bouncy Castle's, used without registering a provider.
///
/// **Threads.** Any, for everything; nothing blocks but an [io.k3j.encryption.EnvelopeTransformer]. **Errors.** A
/// configuration that cannot be used is an `IllegalArgumentException`, a row that cannot be opened an
/// [io.k3j.encryption.UnreadableRow]; neither says anything secret.
///
/// Source: Kubernetes, "Encrypting Confidential Data at Rest", and K3s' page
/// <https://docs.k3s.io/security/secrets-encryption>.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.encryption;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
