/// Claims of devices and their end, as upstream's `pkg/controller/resourceclaim` and `devicetainteviction`
/// (<https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>).
/// [io.k3j.devicecontrollers.DeviceControllers] is the entrance.
///
/// ```
/// pods, templates ─► PodResourceClaims ─► claims, what pods are told, reservations
/// pods, claims ─► ResourceClaims ─► reservations and devices taken back, claims deleted
/// claims, slices ─► DeviceTaintEviction ─► pods deleted
/// ```
///
/// Each reconciles one object at a time from its views, on the threads of whoever runs the
/// [io.k3j.controllerkit.ControllerContext]. What the API refuses is tried again by the queue.
@NullMarked
package io.k3j.devicecontrollers;

import org.jspecify.annotations.NullMarked;
