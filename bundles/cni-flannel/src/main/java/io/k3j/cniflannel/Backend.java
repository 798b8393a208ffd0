package io.k3j.cniflannel;

/// How packets get to other nodes, as `--flannel-backend` names it.
enum Backend {
    /// In UDP port 8472, over a device `flannel.1`.
    VXLAN("vxlan", "vxlan", 50),
    /// By plain routes; all nodes share one link.
    HOST_GW("host-gw", "host-gw", 0),
    /// Encrypted, over a device `flannel-wg`.
    WIREGUARD("wireguard-native", "wireguard", 80);

    /// What IPv6 outside takes more than IPv4 outside.
    private static final int SIX = 20;
    private final String flag;
    private final String type;
    private final int overhead;

    Backend(String flag, String type, int overhead) {
        this.flag = flag;
        this.type = type;
        this.overhead = overhead;
    }

    /// @throws IllegalArgumentException in K3s' words when there is no such backend
    static Backend of(String flag) {
        for (Backend b : values()) {
            if (b.flag.equals(flag)) {
                return b;
            }
        }
        throw new IllegalArgumentException("Cannot configure unknown flannel backend '" + flag + "'");
    }

    /// What `flannel.alpha.coreos.com/backend-type` says.
    String type() {
        return type;
    }

    /// What fits into one packet of a pod when `link` fits into one outside.
    int mtu(int link, boolean six) {
        return link - overhead - (six && this == VXLAN ? SIX : 0);
    }

    /// The device of a family; empty when it needs none.
    String device(boolean six) {
        return switch (this) {
            case VXLAN -> six ? "flannel-v6.1" : "flannel.1";
            case WIREGUARD -> six ? "flannel-wg-v6" : "flannel-wg";
            case HOST_GW -> "";
        };
    }
}
