package io.k3j.flannelconf;

import io.k3j.model.Struct;
import java.util.Base64;

/// A backend with its options; what its type has no use for is at flannel's default.
///
/// @param type which one
/// @param mtu of the underlying link, bytes; 0 for the one it has
/// @param vni of VXLAN; it is in the names of the devices
/// @param port UDP port of VXLAN, or of WireGuard's IPv4 device
/// @param portV6 UDP port of WireGuard's IPv6 device
/// @param directRouting of VXLAN: nodes on the same network are reached by plain routes
/// @param learning of VXLAN: the device learns MAC addresses
/// @param groupPolicy of VXLAN: its extension of that name
/// @param keepaliveSeconds of WireGuard; 0 for none
/// @param presharedKey of WireGuard, the same on all nodes; a secret, empty for none
public record Backend(BackendType type, int mtu, int vni, int port, int portV6, boolean directRouting,
        boolean learning, boolean groupPolicy, int keepaliveSeconds, String presharedKey) {
    private static final int VXLAN_PORT = 8472;
    private static final int WIREGUARD_PORT = 51_820;
    private static final int LARGEST_VNI = (1 << 24) - 1;
    private static final int LARGEST_PORT = 65_535;
    private static final int LARGEST_MTU = 65_535;
    private static final int KEY_BYTES = 32;

    /// The backend of `--flannel-backend`, as K3s configures it.
    static Backend ofFlag(String flag) {
        return of(BackendType.ofFlag(flag), new ConfFields("", Struct.EMPTY), 25);
    }

    /// The object `Backend` of a configuration.
    static Backend of(ConfFields fields) {
        String type = fields.text("Type");
        return of(BackendType.ofType(type).orElseThrow(() -> fields.wrong("Type", type,
                "one of " + BackendType.types())), fields, 0);
    }

    private static Backend of(BackendType type, ConfFields fields, int keepalive) {
        boolean wireGuard = type == BackendType.WIREGUARD;
        String mode = fields.text("Mode");
        if (wireGuard && !mode.isEmpty() && !mode.equals("separate")) {
            throw fields.wrong("Mode", mode, "separate: a tunnel for each address family");
        }
        String key = wireGuard ? fields.text("PSK") : "";
        if (!key.isEmpty() && !isKey(key)) {
            throw fields.wrong("PSK", "…", "a key as wg genpsk makes it");
        }
        int port = wireGuard ? fields.number("ListenPort", 1, WIREGUARD_PORT, LARGEST_PORT)
                : fields.number("Port", 0, 0, LARGEST_PORT);
        return new Backend(type, fields.number("MTU", 0, 0, LARGEST_MTU), fields.number("VNI", 1, 1, LARGEST_VNI),
                port == 0 ? VXLAN_PORT : port, fields.number("ListenPortV6", 1, WIREGUARD_PORT + 1, LARGEST_PORT),
                fields.flag("DirectRouting", false), fields.flag("Learning", false), fields.flag("GBP", false),
                fields.number("PersistentKeepaliveInterval", 0, keepalive, LARGEST_PORT), key);
    }

    private static boolean isKey(String text) {
        try {
            return text.endsWith("=") && Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// As K3s writes it into its own `net-conf.json`.
    Struct object() {
        Struct plain = Struct.of("Type", type.type());
        return type == BackendType.WIREGUARD ? plain.with("PersistentKeepaliveInterval", keepaliveSeconds) : plain;
    }

    /// Without the key.
    @Override
    public String toString() {
        return "Backend[" + type + " vni=" + vni + " port=" + port + "]";
    }
}
