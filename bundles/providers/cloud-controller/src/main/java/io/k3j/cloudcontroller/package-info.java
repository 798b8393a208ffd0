/// The cloud controller manager of the cloud `k3s`: nodes of stock K3s register as uninitialized and wait for a cloud
/// provider to set their addresses and provider ID, which this bundle takes from annotations that the node itself
/// writes. See <https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/>.
///
/// | reads | writes |
/// |---|---|
/// | nodes | `spec.providerID`, `status.addresses`, the label `node.kubernetes.io/instance-type`, the taint `node.cloudprovider.kubernetes.io/uninitialized` |
@NullMarked
package io.k3j.cloudcontroller;

import org.jspecify.annotations.NullMarked;
