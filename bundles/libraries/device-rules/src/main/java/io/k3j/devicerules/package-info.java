/// The rules of dynamic resource allocation's kinds, as far as the schema cannot say them.
/// [io.k3j.devicerules.DeviceKinds] is the entrance.
///
/// ```
/// DeviceKinds ──► ResourceClaimRules, ResourceClaimTemplateRules ──► DeviceClaimProblems ──► DeviceSelectorProblems
///             │         └─► AllocationProblems
///             ├─► DeviceClassRules ──► DeviceSelectorProblems
///             └─► ResourceSliceRules ──► DeviceProblems ──► CapacityProblems
/// ```
///
/// Pure functions of an object, safe for any number of threads; nothing blocks, no other object is read. What is
/// wrong is collected in [io.k3j.validation.Problems], in upstream's words, and never thrown.
///
/// Source: upstream's `pkg/registry/resource` and `pkg/apis/resource` of 1.36, with the gates that are on by default.
@NullMarked
package io.k3j.devicerules;

import org.jspecify.annotations.NullMarked;
