/// Allocation of devices to ResourceClaims, node by node. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>.
///
/// ```
/// DevicePools ──► OfferedDevice   what a node can reach
/// ClaimedRequests ──► DeviceRequest   what is asked for
/// AllocationSearch ──► Taken, AttributeConstraint ──► AllocationResults
/// ExtendedResources ──► ExtendedClaim (ExtendedRequests)   what is asked for by names of extended resources
/// AssumedDevices (ClaimedDevices) ──► DeviceBinding   claims as they will be, and the writes that make them so
/// DeviceReadiness   what keeps a pod with devices from being bound
/// DevicePlan ──► ExtendedBinding   the claim that is made for extended resources
/// ```
@NullMarked
package io.k3j.deviceallocation;

import org.jspecify.annotations.NullMarked;
