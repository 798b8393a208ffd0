/// What the files of a pod's volumes hold: configMap, secret, downwardAPI and projected, as upstream's volume
/// plug-ins of these kinds with `clustertrustbundle` and `podcertificate` of its kubelet.
///
/// **Promise.** [VolumeContent] collects the files of one volume, each source once and within a bound;
/// [ReferenceWatches] calls when an object changes that a pod's volumes show. [TrustBundles] and [PodCertificates]
/// are sources that feature gates switch on, and that say so while they are off.
///
/// **Threads.** Any; callbacks come on the thread of a view, which they must not block. **Blocking.** Reads of the
/// API and the making of keys. **Errors.** A [io.k3j.kuberuntime.ConfigError] where something needed is missing, in
/// upstream's words. See <https://kubernetes.io/docs/concepts/storage/projected-volumes/>.
@NullMarked
package io.k3j.volumecontent;

import org.jspecify.annotations.NullMarked;
