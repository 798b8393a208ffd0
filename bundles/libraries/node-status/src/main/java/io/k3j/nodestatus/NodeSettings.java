package io.k3j.nodestatus;

import io.k3j.model.Struct;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// What a node is told about itself, after defaults. A value, but for `maxPods` of the status, which may change with
/// the configuration while the kubelet runs.
///
/// @param name of the node
/// @param rootDir the directory on whose file system pods' files lie
/// @param status what its status says, and how often
/// @param externalIps `--node-external-ip`
/// @param labels `--node-label`, as `name=value`; set at each start
/// @param taints `--node-taint`, as `key=value:Effect`; set when the node is registered
/// @param args the command and its arguments, without secrets
/// @param env variables it was started with, as `NAME=value`, without secrets
/// @param port the kubelet's
/// @param controlPlane whether it carries the role of a server
/// @param cloud who tells what the node is in a cloud
public record NodeSettings(String name, Path rootDir, Status status, List<String> externalIps,
        List<String> labels, List<String> taints, List<String> args, List<String> env, String port,
        boolean controlPlane, Cloud cloud) {
    /// The label of K3s by which its servers know that they reach the node's pods through the node's tunnel, as
    /// `--egress-selector-mode` says; one of those in `labels`, where they do.
    public static final String EGRESS = "egress.k3s.io/cluster";

    /// What the status of a node says, and how often.
    ///
    /// @param maxPods how many pods it may have, asked for whenever the status is made
    /// @param maxImages how many images it names, the largest; -1 for all
    /// @param allocatable what pods may have of a capacity, amounts by resource
    /// @param heartbeat how often it is made and told
    /// @param trouble why the node is not ready whatever its runtime says, asked for whenever it is made; mostly empty
    public record Status(LongSupplier maxPods, long maxImages, UnaryOperator<Struct> allocatable,
            Heartbeat heartbeat, Supplier<String> trouble) {
    }

    /// How often the node tells that it lives.
    ///
    /// @param every how often its status is made; what has changed since is told then
    /// @param report how often it is told when nothing has changed
    /// @param lease how long its Lease lasts; it is renewed after a quarter of that
    public record Heartbeat(Duration every, Duration report, Duration lease) {
        /// Upstream's.
        public static final Heartbeat DEFAULT = new Heartbeat(Duration.ofSeconds(10), Duration.ofMinutes(5),
                Duration.ofSeconds(40));
    }

    /// Who tells a node's provider ID, instance type and addresses.
    ///
    /// @param own this node itself does, as K3s' own cloud has it; not with `--disable-cloud-controller`
    /// @param external another cloud's controller does: `--kubelet-arg=cloud-provider=external` beside that flag
    /// @param internalDns `--node-internal-dns`
    /// @param externalDns `--node-external-dns`
    /// @param providerId by which the cloud knows the machine; empty where this node or the cloud's controller says it
    public record Cloud(boolean own, boolean external, List<String> internalDns, List<String> externalDns,
            String providerId) {
        /// K3s' own, without DNS names.
        public static final Cloud K3S = new Cloud(true, false, List.of(), List.of(), "");
    }
}
