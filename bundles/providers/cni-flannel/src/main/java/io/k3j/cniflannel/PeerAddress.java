package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;

/// How a node is reached in one family.
///
/// @param range the pod CIDR of the node
/// @param address the address of the node, as other nodes see it
/// @param token the backend's data: a MAC address, a public key, or nothing
/// @param number the VNI of VXLAN, the port of WireGuard (0 when it is not told), otherwise 0
record PeerAddress(Cidr range, String address, String token, int number) {
}
