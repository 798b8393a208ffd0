/// Where images come from: `registries.yaml` (<https://docs.k3s.io/installation/private-registry>), taken up while the
/// node runs.
///
/// ```
/// registries.yaml ─► Registries ─► HostsDirectory: certs.d/HOST/hosts.toml, which containerd reads at each pull
///                        └───────► RegistryRelay ◄── containerd, for what needs a login or a rewrite
/// ```
///
/// containerd goes to a registry itself where it can. What stock containerd cannot do without being started again
/// (credentials) or at all (rewrites) it asks of the [io.k3j.imageregistries.RelayEndpoint] of its own node, which asks
/// the registries ([io.k3j.imageregistries.RegistryRelay]) and keeps in mind why one refused
/// ([io.k3j.imageregistries.PullFailures]). [io.k3j.imageregistries.RegistriesFile] follows the file. Where nodes share
/// images, [io.k3j.imageregistries.SharedRegistries] says whose, and containerd asks the other nodes first.
///
/// **Threads.** Any. **Blocking.** The relay, for as long as a registry takes; the file, for the disk. **Errors.** A
/// file that cannot be used is an [io.k3j.codec.MalformedInput] that names all that is wrong; a registry that refuses
/// is an answer. No message holds a password or a token.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.imageregistries;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
