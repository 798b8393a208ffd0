package com.example.nodebridge;

import io.k3j.model.Obj;
import io.k3j.nodeapi.PodNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// The network of one node, as it follows from the ranges that the cluster has given it. Immutable.
record BridgeNetwork(List<String> ranges, List<String> gateways) implements PodNetwork {
    /// What CNI calls a configuration list (<https://www.cni.dev/docs/spec/>).
    private static final String LIST = """
            {"cniVersion": "1.0.0", "name": "node-bridge", "plugins": [
              {"type": "bridge", "bridge": "%s", "isDefaultGateway": true, "ipMasq": true, "hairpinMode": true,
               "ipam": {"type": "host-local", "ranges": [%s]}},
              {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}
            ]}
            """;

    /// Of a Node; without ranges where it has none yet. The node has the first address after that of each range.
    ///
    /// @throws IllegalArgumentException when what it has is no range
    static BridgeNetwork of(Obj node) {
        List<String> ranges = node.spec().seq("podCIDRs").texts().stream()
                .sorted(Comparator.comparing(BridgeNetwork::ipv6)).toList();
        return new BridgeNetwork(ranges, ranges.stream().map(BridgeNetwork::gateway).toList());
    }

    private static boolean ipv6(String range) {
        return range.indexOf(':') >= 0;
    }

    private static String gateway(String range) {
        int slash = range.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(range + " is no range, as 10.42.0.0/24");
        }
        byte[] address = InetAddress.ofLiteral(range.substring(0, slash)).getAddress();
        address[address.length - 1] |= 1;
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(range, e);
        }
    }

    /// The node's own addresses with the lengths of their ranges, as `10.42.0.1/24`.
    List<String> addresses() {
        return ranges.stream().map(range -> gateway(range) + range.substring(range.indexOf('/'))).toList();
    }

    /// The configuration list for pods on that device.
    String configuration(String device) {
        return LIST.formatted(device, ranges.stream().map(range -> "[{\"subnet\": \"" + range + "\"}]")
                .collect(Collectors.joining(", ")));
    }
}
