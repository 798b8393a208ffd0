/// The nodes of a cluster give each other the images they have (`--embedded-registry`), as K3s by Spegel
/// (<https://docs.k3s.io/installation/registry-mirror>), over a protocol of our own on the kubelets' port.
///
/// ```
/// containerd ─► MirrorEndpoint ─► Holders ─► the nodes that rendezvous hashing names: who has it?
///                    └──────────► NodeEndpoint of one that has it ─► Content of its containerd
/// Sharing: every 10 s what containerd has; Announcements tell those nodes, which keep it in their HolderTable
/// ```
///
/// | reads | writes |
/// |---|---|
/// | containerd's images (gRPC) and its content directory | requests to kubelets' ports of nodes that share |
/// | `registries.yaml`, Nodes | the label `p2p.k3s.cattle.io/enabled` of its own Node |
///
/// **Trust.** Only nodes are answered, by the certificate that their kubelets have; each is dialled where its Node says
/// and has to show its own name. A node speaks for itself only. What it gives is compared with the digest that was
/// asked for, and whoever gives something else is left alone; which digest a tag means is what another node says.
@NullMarked
package io.k3j.embeddedregistry;

import org.jspecify.annotations.NullMarked;
