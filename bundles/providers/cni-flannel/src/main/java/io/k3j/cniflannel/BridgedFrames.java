package io.k3j.cniflannel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Has the kernel show frames between pods of this node to the packet filter. Where it does not, no NetworkPolicy
/// counts between them, and what a Service of the same node answers comes from another address. K3s loads the module,
/// too. For one thread.
final class BridgedFrames {
    private static final List<String> SWITCHES = List.of("bridge-nf-call-iptables", "bridge-nf-call-ip6tables");
    private static final String ON = "1";
    private final Host host;
    private final Path switches;
    private String problem = "";

    /// @param sysctls `/proc/sys`
    BridgedFrames(Host host, Path sysctls) {
        this.host = host;
        this.switches = sysctls.resolve("net/bridge");
    }

    /// Loads the module where it is missing, and switches on what is off.
    void filter() {
        if (!Files.exists(switches)) {
            host.attempt(List.of("modprobe", "br_netfilter"));
        }
        problem = "";
        for (String name : SWITCHES) {
            if (problem.isEmpty() && !on(switches.resolve(name))) {
                problem = "NetworkPolicies and Services are not applied between pods of this node: net.bridge." + name
                        + " is not 1, see: modprobe br_netfilter; sysctl -w net.bridge." + name + "=1";
            }
        }
    }

    private static boolean on(Path file) {
        try {
            if (!Files.readString(file).strip().equals(ON)) {
                Files.writeString(file, ON);
            }
            return Files.readString(file).strip().equals(ON);
        } catch (IOException e) {
            return false;
        }
    }

    /// What keeps frames from the filter, empty for nothing.
    String problem() {
        return problem;
    }
}
