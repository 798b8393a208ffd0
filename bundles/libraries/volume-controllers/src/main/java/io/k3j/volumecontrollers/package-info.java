/// PersistentVolumes and their claims, as upstream's `pkg/controller/volume`
/// (<https://kubernetes.io/docs/concepts/storage/persistent-volumes/>): which claim has which volume, which node a
/// volume is attached to, and that nothing goes which is in use.
/// [io.k3j.volumecontrollers.VolumeControllers] is the entrance.
///
/// ```
/// claims, volumes ─► VolumeBinder, VolumePhases, VolumeExpander, StorageProtection
/// pods ─► EphemeralVolumes ─► claims
/// pods, nodes, claims ─► DesiredAttachments ─► AttachDetach ─► Attaching, Detaching ─► VolumeAttachments, Nodes
/// ```
///
/// Each reconciles one key at a time from its views, on the threads of whoever runs the
/// [io.k3j.controllerkit.ControllerContext]. Nothing here makes, attaches or expands a volume itself: drivers do, by
/// what is written here. What is attached is read from VolumeAttachments, so that a start takes over what it finds.
@NullMarked
package io.k3j.volumecontrollers;

import org.jspecify.annotations.NullMarked;
