package io.k3j.kubeletclient;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Where a node's kubelet is, as its status says.
///
/// @param host an address or a name, to be dialled
/// @param port the kubelet's
public record KubeletAddress(String host, int port) {
    /// Upstream's `kubelet-preferred-address-types` as K3s sets them.
    private static final List<String> PREFERRED = List.of("InternalIP", "ExternalIP", "Hostname");
    private static final List<String> WITH_EXTERNAL_IP = List.of("ExternalIP", "InternalIP", "Hostname");
    private static final long DEFAULT_PORT = 10_250;

    /// K3s' order of the types of addresses.
    /// @param flannelExternalIp `--flannel-external-ip`, by which external addresses come first
    public static List<String> preferred(boolean flannelExternalIp) {
        return flannelExternalIp ? WITH_EXTERNAL_IP : PREFERRED;
    }

    /// The first address of the types that K3s prefers; empty before the node has told one.
    /// @param flannelExternalIp as for [#preferred]
    public static Optional<KubeletAddress> of(Obj node, boolean flannelExternalIp) {
        return of(node, preferred(flannelExternalIp));
    }

    /// The first address of these types, in their order; empty where the node has told none.
    /// @param types as `InternalIP`, upstream's `kubelet-preferred-address-types`
    public static Optional<KubeletAddress> of(Obj node, List<String> types) {
        List<Struct> addresses = node.status().seq("addresses").structs();
        int port = (int) node.status().struct("daemonEndpoints").struct("kubeletEndpoint").whole("Port", DEFAULT_PORT);
        return types.stream()
                .flatMap(type -> addresses.stream().filter(a -> a.text("type").equals(type)))
                .map(a -> new KubeletAddress(a.text("address"), port)).findFirst();
    }

    /// As a `Host` header has it: host and port, IPv6 in brackets.
    public String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
