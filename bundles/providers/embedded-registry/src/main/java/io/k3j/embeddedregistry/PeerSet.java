package io.k3j.embeddedregistry;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.util.Set;

/// The nodes that share images, and the way to them. Any thread.
interface PeerSet {
    /// The names of all of them, this one included where it shares. Does not block.
    Set<String> names();

    /// A channel to the kubelet's port of another one, which has shown that it is this node; blocks for some seconds.
    ///
    /// @throws IOException also for a node that is unknown, or that tells an address which no node has
    ByteDuplex open(String node) throws IOException;
}
