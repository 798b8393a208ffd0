/// The node's container runtime: writes containerd's configuration, starts and supervises it, or takes the
/// one `--container-runtime-endpoint` names, and speaks CRI with it.
///
/// **Story.** [CriContainerd] is the door. `Containerd` owns the process: it outlives us, and a successor
/// adopts it by its record. `Cri` turns trees into protobuf and back, by a table
/// (`cri.txt`) that is made from CRI's released `.proto`; `CriRuntime` and `CriImages` are the contract's faces
/// on it. `ImageImport` keeps `agent/images` and the shipped images imported and pinned.
///
/// **Sole writer of** `agent/etc/containerd`, `agent/etc/crictl.yaml`, `agent/containerd`.
@NullMarked
package io.k3j.cricontainerd;

import org.jspecify.annotations.NullMarked;
