package io.k3j.cniflannel;

/// How a node is reached in one family.
///
/// @param range its pods' addresses
/// @param address its own, as other nodes see it
/// @param token what its backend must know besides: a MAC address, a public key, or nothing
record Reach(Range range, String address, String token) {
}
