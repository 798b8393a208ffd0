package io.k3j.volumeapi;

import org.osgi.annotation.versioning.ProviderType;

/// Where the kubelet finds the volumes that drivers make.
///
/// **Who.** `csi` provides it as a service; the kubelet opens it, and does without while there is none.
///
/// **Lifetime.** One service; what is opened lives until it is closed, or its bundle stops.
///
/// **Guarantees.**
/// 1. What is opened finds the volumes that were made before it, by whomever, and goes on with them.
///
/// **Threads.** Any. Does not block: drivers are looked for afterwards.
///
/// **Failure.** None.
@ProviderType
public interface VolumeDrivers {
    /// Begins to follow the drivers of a node.
    ///
    /// @param host the kubelet's own directory, name and API client
    /// @return closed by the caller before another one is opened for the same directory
    DriverVolumes open(VolumeHost host);
}
