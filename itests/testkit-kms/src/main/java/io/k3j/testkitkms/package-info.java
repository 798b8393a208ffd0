/// A KMS plug-in for tests: `v2.KeyManagementService` of `k8s.io/kms/apis/v2` by gRPC's own server on a unix socket,
/// with the faults that a plug-in may have.
@NullMarked
package io.k3j.testkitkms;

import org.jspecify.annotations.NullMarked;
