package io.k3j.networkpolicy;

import io.k3j.model.Selector;
import io.k3j.netpolicy.PolicyPeer;
import io.k3j.netpolicy.PolicyPod;
import io.k3j.netpolicy.PolicyPort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The elements of one set of the kernel: the addresses of the pods that a peer selects, with their numbers where a
/// port has a name. Kept up to date address by address, so that a change costs its own size. For one thread.
final class MemberSet {
    private final Source source;
    private final Map<String, List<String>> byAddress = new TreeMap<>();
    private @Nullable List<String> ipv4;
    private @Nullable List<String> ipv6;

    /// What a set is made from; equal for peers that say the same, whoever wrote them.
    ///
    /// @param text says all of it
    record Source(String text, PolicyPeer peer, Optional<PolicyPort> port) implements Comparable<Source> {
        static Source of(PolicyPeer.Pods pods) {
            return new Source(text(pods), pods, Optional.empty());
        }

        /// The pods among a peer that have a port of that name.
        static Source of(PolicyPeer peer, PolicyPort port) {
            String who = peer instanceof PolicyPeer.Pods pods ? text(pods) : peer.toString();
            return new Source(who + " at " + port.protocol() + " " + port.name(), peer, Optional.of(port));
        }

        private static String text(PolicyPeer.Pods pods) {
            String where = pods.namespace().isEmpty() ? "in " + sorted(pods.namespaces()) : "of " + pods.namespace();
            return where + " pods " + sorted(pods.pods());
        }

        private static String sorted(Selector selector) {
            return selector.requirements().stream().map(r -> new Selector(List.of(r)).toString()).sorted().distinct()
                    .collect(Collectors.joining(","));
        }

        /// Whether the labels of Namespaces count.
        boolean selectsNamespaces() {
            return peer instanceof PolicyPeer.Pods pods && pods.namespace().isEmpty();
        }

        /// Whether pods of a namespace can be among them.
        boolean reaches(String namespace, Map<String, String> labels) {
            return !(peer instanceof PolicyPeer.Pods pods) || pods.reaches(namespace, labels);
        }

        private List<String> elements(String address, PolicyPod owner, Map<String, String> namespace) {
            boolean selected = switch (peer) {
                case PolicyPeer.Pods pods -> pods.selects(owner, namespace);
                case PolicyPeer.Block block -> block.ranges().contains(InetAddress.ofLiteral(address));
            };
            if (!selected) {
                return List.of();
            }
            return port.isEmpty() ? owner.standIn() ? List.of() : List.of(address)
                    : owner.numbers(port.get()).stream().map(n -> address + " . " + n).toList();
        }

        @Override
        public int compareTo(Source other) {
            return text.compareTo(other.text);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Source s && s.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    MemberSet(Source source) {
        this.source = source;
    }

    Source source() {
        return source;
    }

    /// An address has another owner, or its owner has other labels.
    ///
    /// @param owner null when nobody has it
    void owned(String address, @Nullable PolicyPod owner, Map<String, String> namespace) {
        List<String> now = owner == null ? List.of() : source.elements(address, owner, namespace);
        List<String> before = now.isEmpty() ? byAddress.remove(address) : byAddress.put(address, now);
        if (!now.equals(before == null ? List.of() : before)) {
            if (isIpv6(address)) {
                ipv6 = null;
            } else {
                ipv4 = null;
            }
        }
    }

    /// The elements of one family; the same list as long as nothing changes.
    List<String> elements(boolean six) {
        List<String> known = six ? ipv6 : ipv4;
        if (known == null) {
            List<String> all = new ArrayList<>();
            byAddress.forEach((address, some) -> {
                if (isIpv6(address) == six) {
                    all.addAll(some);
                }
            });
            known = List.copyOf(all);
            if (six) {
                ipv6 = known;
            } else {
                ipv4 = known;
            }
        }
        return known;
    }

    static boolean isIpv6(String address) {
        return address.indexOf(':') >= 0;
    }
}
