package io.k3j.nodeapi;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A pod's sandbox: the namespaces its containers share.
///
/// @param id the runtime's name for it
/// @param attempt how many sandboxes this pod had before
/// @param ready whether it runs and has its network
/// @param created when it was made
/// @param addresses its IP addresses, the primary one first; empty in listings and on the host network
/// @param labels as it was made with
/// @param annotations as it was made with
public record Sandbox(String id, int attempt, boolean ready, Instant created, List<String> addresses,
        Map<String, String> labels, Map<String, String> annotations) {
    /// Copies what it is given.
    public Sandbox {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /// What a sandbox and all that runs in it have used so far, or by whom the kernel tells it.
    ///
    /// @param id of the sandbox
    /// @param at when it was measured
    /// @param interfaces of its network, the default one first; empty on the host network, and with a `pid`
    /// @param pid its first process, in whose network and beside whose control group the kernel counts; empty where the
    /// runtime has counted itself
    /// @param processes that run, if they were counted
    public record Usage(String id, Instant at, List<Interface> interfaces, OptionalLong pid, OptionalLong processes) {
        /// Copies what it is given.
        public Usage {
            interfaces = List.copyOf(interfaces);
        }
    }

    /// What passed through a network interface since it was made.
    ///
    /// @param name in the sandbox, as `eth0`
    /// @param rxBytes received
    /// @param rxErrors failures to receive
    /// @param txBytes sent
    /// @param txErrors failures to send
    public record Interface(String name, long rxBytes, long rxErrors, long txBytes, long txErrors) {
    }
}
