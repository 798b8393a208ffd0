/// The container runtime of the node: writes containerd's configuration, starts and supervises it, or uses the one
/// that `--container-runtime-endpoint` names, and calls it by CRI; for images it asks the service that
/// `--image-service-endpoint` names.
///
/// [CriContainerd] is the OSGi component. `Containerd` owns the process, which survives this one; a successor adopts
/// it by its record. `Cri` converts trees to protobuf and back, by a table (`cri.txt`) generated from CRI's released
/// `.proto`; `CriRuntime` and `CriImages` implement the contract. `ImageImport` brings in the images of `agent/images`
/// and the shipped ones by `Ctr`; `ImageNames` pins them and gives them further names.
///
/// **Sole writer of** `agent/etc/containerd`, `agent/etc/crictl.yaml`, `agent/containerd`.
@NullMarked
package io.k3j.cricontainerd;

import org.jspecify.annotations.NullMarked;
