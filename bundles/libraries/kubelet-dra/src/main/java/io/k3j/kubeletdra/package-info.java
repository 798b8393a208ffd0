/// Devices of ResourceClaims on a node. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/> and
/// <https://github.com/kubernetes/kubelet/blob/master/pkg/apis/dra/v1/api.proto>.
///
/// ```
/// ClaimResources ──► DraPlugins ──► DraSocket, DraMessages   drivers of this node
///                ├─► ClaimCheckpoint ──► ClaimInfo           what they have prepared
///                ├─► ClaimLocks                              who may ask for it
///                └─► HealthWatches ──► AllocatedHealth       what drivers say of their devices
/// ```
@NullMarked
package io.k3j.kubeletdra;

import org.jspecify.annotations.NullMarked;
