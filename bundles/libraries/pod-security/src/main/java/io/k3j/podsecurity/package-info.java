/// The pod security standards as of Kubernetes 1.36, as upstream's `pod-security-admission`: [PodSecurityLevel] is
/// what labels and defaults come to, [PodSecurityChecks] what of a pod violates it, [NamespaceWarnings] what is said of
/// pods that are there already, [PodSecurityConfiguration] the section of the file of `admission-control-config-file`.
///
/// **Threads.** Any; nothing changes. **Blocking.** The file is read once; pods of a namespace are checked for a second
/// at most. **Errors.** A violation is a value, in
/// upstream's words; an invalid file is an `IllegalArgumentException` that names file and field. See
/// <https://kubernetes.io/docs/concepts/security/pod-security-standards/>.
@NullMarked
package io.k3j.podsecurity;

import org.jspecify.annotations.NullMarked;
