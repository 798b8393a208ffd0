/// What Services lead to: EndpointSlices, Endpoints, and slices of Endpoints that users write, as upstream's
/// `pkg/controller/endpointslice`, `endpoint` and `endpointslicemirroring`
/// (<https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/>).
/// [io.k3j.endpointcontrollers.EndpointControllers] is the entrance.
///
/// ```
/// Services, pods, nodes ─► EndpointSlices ─► SlicePlan, with hints of TopologyHints ─► writes
///                       ─► EndpointsObjects ─► EndpointsPlan ─► writes
/// Endpoints of users    ─► EndpointsMirror ─► SlicePlan
/// ```
///
/// Each reconciles one Service at a time from its views, on the threads of whoever runs the
/// [io.k3j.controllerkit.ControllerContext]. What the API refuses is tried again by the queue, but for a create in a
/// namespace that goes.
@NullMarked
package io.k3j.endpointcontrollers;

import org.jspecify.annotations.NullMarked;
