/// Pods as a container runtime knows them, and back; upstream calls this `kuberuntime`.
///
/// **Promise.** What a pod's object says becomes CRI's configurations ([SandboxSpec], [ContainerSpec], [Security],
/// [Dns], [HostsFile], [Environment]) as a stock kubelet makes them, with the same labels ([Labels]); what the
/// runtime holds of a pod is read back by them ([PodRuntime]). [PodActions] decides what is to be done next.
/// [PodSpecs] answers what everybody asks of a pod's specification.
///
/// **Threads.** Any; no state but what a caller is given, tokens ([PodTokens]) and whose containers are
/// ([ContainerOwners]). **Blocking.** [ReferencedObjects], [PodTokens] and anyone who is given one ask the API at each
/// call, [PodRuntime#read] and [ContainerOwners] ask the runtime; all else is pure. **Errors.** A [ConfigError] says
/// what a pod asks for that is not there or makes no sense, with the reason its container waits for.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.kuberuntime;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
