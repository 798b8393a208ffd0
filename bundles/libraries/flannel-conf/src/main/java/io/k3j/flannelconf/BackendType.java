package io.k3j.flannelconf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// How pods of different nodes reach each other
/// (<https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md>).
public enum BackendType {
    /// In UDP packets of VXLAN.
    VXLAN("vxlan", "vxlan"),
    /// By plain routes; all nodes share one link.
    HOST_GW("host-gw", "host-gw"),
    /// Encrypted, by WireGuard.
    WIREGUARD("wireguard-native", "wireguard"),
    /// By the routes of a tailnet, in place of `--flannel-backend` on a node with `--vpn-auth`: flannel's type for what
    /// others do.
    TAILSCALE("tailscale", "extension");

    private final String flag;
    private final String type;

    BackendType(String flag, String type) {
        this.flag = flag;
        this.type = type;
    }

    /// The backend of `--flannel-backend`, or of a VPN.
    /// @throws IllegalArgumentException for an unknown one, with K3s' message
    public static BackendType ofFlag(String flag) {
        return Arrays.stream(values()).filter(b -> b.flag.equals(flag)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Cannot configure unknown flannel backend '" + flag + "'"));
    }

    /// The backend of `Type` in flannel's configuration; empty for one that is not there.
    static Optional<BackendType> ofType(String type) {
        return Arrays.stream(values()).filter(b -> b != TAILSCALE && b.type.equals(type)).findFirst();
    }

    /// All values of `Type`, for a message.
    static String types() {
        return Arrays.stream(values()).filter(b -> b != TAILSCALE).map(BackendType::type)
                .collect(Collectors.joining(", "));
    }

    /// The name in flannel's configuration, and of the annotation `flannel.alpha.coreos.com/backend-type`.
    public String type() {
        return type;
    }
}
