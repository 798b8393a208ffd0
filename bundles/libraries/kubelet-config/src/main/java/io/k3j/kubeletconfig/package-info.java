/// The kubelet's configuration files: `kubelet.conf.d` of the data directory with K3s' defaults and drop-ins of users,
/// the file and the directory of `--kubelet-arg=config` and `config-dir`. They are merged as upstream merges drop-ins
/// (<https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/>) and become arguments of the kubelet,
/// which whoever reads arguments honours. The command line checks them before anything is started. So does the file of
/// `--kube-proxy-arg=config`
/// (<https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/>).
///
/// Immutable values; any thread. What reads or writes files blocks for the disk, nothing else blocks.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.kubeletconfig;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
