/// The cloud named `k3s`: nodes of stock K3s register as uninitialised and wait for somebody to tell their
/// addresses and provider id, which this bundle takes from the annotations the node itself wrote.
/// <https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/>.
///
/// | reads | writes |
/// |---|---|
/// | nodes | `spec.providerID`, `status.addresses`, the label `node.kubernetes.io/instance-type`, the taint `node.cloudprovider.kubernetes.io/uninitialized` |
@NullMarked
package io.k3j.cloudcontroller;

import org.jspecify.annotations.NullMarked;
