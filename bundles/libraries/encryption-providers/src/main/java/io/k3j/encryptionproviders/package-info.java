/// Encryption at rest as an operator's file says, for any resource: `encryption-provider-config` of the API server. See
/// "Encrypting Confidential Data at Rest" of Kubernetes.
///
/// ```
/// flags ─► EncryptionOptions ─► ProvidersFile ─ ProvidersRules ─► ResourceCiphers
///                                                                       │
/// file changes ─ ConfigurationReload ─► others                          ▼
/// Store, Rows (watch-cache) ◄─ AtRest ◄──────────────────── ConfiguredEncryption
///
/// ResourceCiphers ─ KmsProvider ─┬ DataKeys ─┬─ KmsService ─► plug-in
///                                └ status ───┘
/// ```
///
/// A library: [ConfiguredEncryption] belongs to who makes it, the API server. One virtual thread where the file is
/// followed, and one for each KMS provider, until it is closed. What is wrong with flags or file is an
/// `IllegalArgumentException` in upstream's words at the start, and later told by log, health and metrics while the
/// former configuration goes on.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.encryptionproviders;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
