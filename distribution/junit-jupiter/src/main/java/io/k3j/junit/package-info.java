/// Clusters for the tests of programs that use Kubernetes: [K3jCluster] on a test class starts the distribution as a
/// process of its own in a temporary directory, on a free port, and gives the tests its kubeconfig or a client. Any
/// number of clusters without a node run side by side, without root. Nothing outlives the JVM of the tests, however
/// that ends.
@NullMarked
package io.k3j.junit;

import org.jspecify.annotations.NullMarked;
