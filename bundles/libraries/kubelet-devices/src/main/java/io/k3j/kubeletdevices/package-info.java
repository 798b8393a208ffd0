/// Devices that plug-ins of this node give to containers, as upstream's `pkg/kubelet/cm/devicemanager` and
/// `pkg/kubelet/apis/podresources`: plug-ins register ([io.k3j.kubeletdevices.DeviceManager]), say what they have and
/// are asked to prepare it; who has what is kept in upstream's checkpoint and told by the pod resources API
/// ([io.k3j.kubeletdevices.PodResourcesServer]). See
/// <https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/>.
///
/// **Threads.** Any; a loop for each plug-in that is registered. **Blocking.** What asks a plug-in blocks for that
/// call's limit at most. **Errors.** [io.k3j.kubeletdevices.DeviceFault], in upstream's words.
@NullMarked
package io.k3j.kubeletdevices;

import org.jspecify.annotations.NullMarked;
