package io.k3j.componenthelpers;

import java.util.ArrayList;
import java.util.List;

/// The prefix lengths of nodes' pod ranges, by `node-cidr-mask-size`, `node-cidr-mask-size-ipv4` and
/// `node-cidr-mask-size-ipv6` of kube-controller-manager, with its rules and defaults
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/>). Pure.
public final class NodeCidrMasks {
    private static final int IPV4 = 24;
    private static final int IPV6 = 64;
    /// A range has addresses for the node itself and for a pod.
    private static final int LEAST_BITS = 2;
    private static final String FLAG = "--kube-controller-manager-arg=node-cidr-mask-size";

    private NodeCidrMasks() {
    }

    /// One prefix length for each range of the cluster, in their order. A range that is smaller than a node's by
    /// default is one node's.
    ///
    /// @param clusters those of `--cluster-cidr`
    /// @param any of the only family; 0: not given
    /// @param ipv4 of IPv4; 0: not given
    /// @param ipv6 of IPv6; 0: not given
    /// @throws IllegalArgumentException for arguments that exclude each other, and for what a range cannot be split
    /// into; the message says what to type
    public static List<Integer> of(List<Cidr> clusters, long any, long ipv4, long ipv6) {
        if (any != 0 && clusters.size() > 1) {
            throw new IllegalArgumentException("usage of --node-cidr-mask-size is not allowed with dual-stack clusters;"
                    + " use " + FLAG + "-ipv4=24 and " + FLAG + "-ipv6=64");
        }
        if (any != 0 && (ipv4 != 0 || ipv6 != 0)) {
            throw new IllegalArgumentException("usage of --node-cidr-mask-size-ipv4 and --node-cidr-mask-size-ipv6 is"
                    + " not allowed if --node-cidr-mask-size is set; leave " + FLAG + " out");
        }
        family(clusters, ipv4, "4", false);
        family(clusters, ipv6, "6", true);
        List<Integer> masks = new ArrayList<>();
        for (Cidr cluster : clusters) {
            long own = cluster.ipv6() ? ipv6 : ipv4;
            long given = any != 0 ? any : own;
            masks.add(given == 0 ? Math.max(cluster.bits(), cluster.ipv6() ? IPV6 : IPV4) : checked(cluster, given));
        }
        return masks;
    }

    private static void family(List<Cidr> clusters, long given, String version, boolean wanted) {
        if (given != 0 && clusters.stream().noneMatch(c -> c.ipv6() == wanted)) {
            throw new IllegalArgumentException("usage of --node-cidr-mask-size-ipv" + version + " is not allowed for a"
                    + " single-stack IPv" + (wanted ? "4" : "6") + " cluster; leave it out, or add a network of IPv"
                    + version + " to --cluster-cidr");
        }
    }

    private static int checked(Cidr cluster, long given) {
        int most = cluster.addressBits() - LEAST_BITS;
        if (given < cluster.bits() || given > most) {
            throw new IllegalArgumentException(FLAG + (cluster.ipv6() ? "-ipv6=" : "-ipv4=") + given
                    + " does not split --cluster-cidr=" + cluster + " into ranges of nodes; use a number from "
                    + cluster.bits() + " to " + most);
        }
        return (int) given;
    }
}
