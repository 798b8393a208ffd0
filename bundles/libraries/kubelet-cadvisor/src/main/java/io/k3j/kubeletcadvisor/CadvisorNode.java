package io.k3j.kubeletcadvisor;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// What the kubelet knows at the time of a scrape. A value.
///
/// @param cgroupDriver who keeps groups, `cgroupfs` or `systemd`
/// @param kubepods the group that all pods are in, as `/kubepods`, whoever keeps it
/// @param rootDir the kubelet's own directory: what is mounted below it belongs to pods and is no file system of the
/// node
/// @param pods of this node
public record CadvisorNode(String cgroupDriver, String kubepods, Path rootDir, Collection<CadvisorPod> pods) {
    /// Copies the pods.
    public CadvisorNode {
        pods = List.copyOf(pods);
    }
}
