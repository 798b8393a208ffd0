package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import java.util.ArrayList;
import java.util.List;

/// Lets packets of pods pass on machines whose iptables forward nothing by themselves, as Docker and ufw leave them:
/// the chain `FLANNEL-FWD`, which is flannel's. For one thread.
final class ForwardChain {
    private static final String CHAIN = "FLANNEL-FWD";
    private static final String FORWARD = "FORWARD";
    private static final List<String> JUMP = List.of(FORWARD, "-m", "comment", "--comment", "flanneld forward", "-j",
            CHAIN);
    private final Host host;
    private String problem = "";

    ForwardChain(Host host) {
        this.host = host;
    }

    /// What keeps packets of pods back, and what helps; empty for nothing.
    String problem() {
        return problem;
    }

    /// Looks at both families of the pod network, and writes what is missing.
    void keep(List<Cidr> cluster) {
        problem = "";
        cluster.forEach(this::keep);
    }

    private void keep(Cidr pods) {
        String iptables = program(pods.ipv6());
        String told = host.output(List.of(iptables, "-w", "-S", FORWARD));
        String family = pods.ipv6() ? "ip6" : "ip";
        if (told.isEmpty()) {
            boolean drops = host.output(List.of("nft", "list", "chain", family, "filter", FORWARD))
                    .contains("policy drop");
            problem = drops ? "the chain " + family + " filter FORWARD of this machine drops what pods send; install "
                    + "the package iptables, or set the policy of the chain to accept" : problem;
        } else if (told.contains("-P " + FORWARD + " DROP")) {
            accept(iptables, pods);
        }
    }

    private void accept(String iptables, Cidr pods) {
        // one that is there is refused
        host.attempt(List.of(iptables, "-w", "-N", CHAIN));
        List<String> complaints = new ArrayList<>();
        for (String direction : List.of("-s", "-d")) {
            complaints.addAll(append(iptables, List.of(CHAIN, direction, pods.network().toString(), "-j", "ACCEPT")));
        }
        complaints.addAll(append(iptables, JUMP));
        if (!complaints.isEmpty()) {
            problem = "this machine forwards nothing by itself, and takes no rule that lets packets of pods pass: "
                    + complaints.getFirst();
        }
    }

    private List<String> append(String iptables, List<String> rule) {
        return host.attempt(line(iptables, "-C", rule)).isEmpty() ? List.of()
                : host.attempt(line(iptables, "-A", rule));
    }

    /// Removes the rules of both families, where there are any.
    static void remove(Host host) {
        for (boolean ipv6 : new boolean[] {false, true}) {
            String iptables = program(ipv6);
            if (host.attempt(line(iptables, "-C", JUMP)).isEmpty()) {
                host.attempt(line(iptables, "-D", JUMP));
            }
            if (host.attempt(List.of(iptables, "-w", "-S", CHAIN)).isEmpty()) {
                host.attempt(List.of(iptables, "-w", "-F", CHAIN));
                host.attempt(List.of(iptables, "-w", "-X", CHAIN));
            }
        }
    }

    private static String program(boolean ipv6) {
        return ipv6 ? "ip6tables" : "iptables";
    }

    private static List<String> line(String iptables, String command, List<String> rule) {
        List<String> line = new ArrayList<>(List.of(iptables, "-w", command));
        line.addAll(rule);
        return line;
    }
}
