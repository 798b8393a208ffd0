package io.k3j.junit;

import java.time.Duration;
import java.util.List;

/// What a cluster is to be like; two that are equal may be one.
/// @param args further flags of `k3s server`
/// @param node whether this machine is its node
/// @param javaOptions options of the server's virtual machine, separated by spaces
/// @param timeout how long it may take until it is ready
public record ClusterSpec(List<String> args, boolean node, String javaOptions, Duration timeout) {
    /// One compiler and one collecting thread, and a heap that suits the objects of a test.
    public static final String SMALL = "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC -Xmx256m";

    /// Copies the flags.
    public ClusterSpec {
        args = List.copyOf(args);
    }

    /// Without a node and further flags.
    public static ClusterSpec small() {
        return new ClusterSpec(List.of(), false, SMALL, Duration.ofSeconds(120));
    }

    /// What an annotation says.
    static ClusterSpec of(K3jCluster cluster) {
        return new ClusterSpec(List.of(cluster.args()), cluster.node(), cluster.javaOptions(),
                Duration.ofSeconds(cluster.timeoutSeconds()));
    }
}
