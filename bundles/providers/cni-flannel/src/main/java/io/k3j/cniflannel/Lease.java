package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.FieldMask;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The lease of a node in flannel's annotations on its Node
/// (<https://github.com/flannel-io/flannel/blob/master/Documentation/kubernetes.md>), compatible with stock K3s
/// nodes. Values written by other nodes are validated here before they reach a command.
///
/// @param type flannel's name of the backend
/// @param reaches the addresses, at most one per family, IPv4 first
record Lease(String node, String type, List<PeerAddress> reaches) {
    static final String PREFIX = "flannel.alpha.coreos.com/";
    static final String OVERWRITE = PREFIX + "public-ip-overwrite";
    static final String OVERWRITE_IPV6 = PREFIX + "public-ipv6-overwrite";
    /// By it the API server refuses annotations of this Node from who has no certificate that names it.
    private static final String BOUND = "k3j.io/network";
    private static final String MANAGED = PREFIX + "kube-subnet-manager";
    /// What is read of a Node: its age, its ranges, and the annotations that nodes of the pod network write and remove.
    static final FieldMask FIELDS = fields();
    private static final int LARGEST_PORT = 65_535;
    private static final int MAC_BYTES = 6;
    private static final String NO_MAC = "00:00:00:00:00:00";
    private static final int KEY_BYTES = 32;

    private static FieldMask fields() {
        FieldMask mask = FieldMask.IDENTITY.with("metadata", "creationTimestamp").with("spec", "podCIDR")
                .with("spec", "podCIDRs");
        for (String annotation : List.of(BOUND, MANAGED, OVERWRITE, OVERWRITE_IPV6, PREFIX + "backend-type",
                PREFIX + "public-ip", PREFIX + "public-ipv6", PREFIX + "backend-data", PREFIX + "backend-v6-data")) {
            mask = mask.with("metadata", "annotations", annotation);
        }
        return mask;
    }

    /// The lease of a Node; empty when it has none or an invalid one.
    static Optional<Lease> of(Obj node) {
        Map<String, String> told = node.annotations();
        if (!told.getOrDefault(MANAGED, "").equals("true")) {
            return Optional.empty();
        }
        String type = told.getOrDefault(PREFIX + "backend-type", "");
        List<PeerAddress> reaches = new ArrayList<>();
        for (Cidr range : ranges(node)) {
            reach(told, type, range).ifPresent(reaches::add);
        }
        return reaches.isEmpty() ? Optional.empty() : Optional.of(new Lease(node.name(), type, reaches));
    }

    /// The pod CIDRs of a node; invalid ones are left out.
    static List<Cidr> ranges(Obj node) {
        List<String> texts = node.spec().seq("podCIDRs").texts();
        List<Cidr> all = new ArrayList<>();
        for (String text : texts.isEmpty() ? List.of(node.spec().text("podCIDR")) : texts) {
            try {
                all.add(Cidr.parse(text));
            } catch (IllegalArgumentException e) {
                System.getLogger("io.k3j.cniflannel").log(System.Logger.Level.DEBUG, "no range: {0}", e.getMessage());
            }
        }
        all.sort((a, b) -> Boolean.compare(a.ipv6(), b.ipv6()));
        return all;
    }

    private static Optional<PeerAddress> reach(Map<String, String> told, String type, Cidr range) {
        String address = told.getOrDefault(PREFIX + (range.ipv6() ? "public-ipv6" : "public-ip"), "");
        String data = told.getOrDefault(PREFIX + (range.ipv6() ? "backend-v6-data" : "backend-data"), "");
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            String token = token(type, data);
            int number = type.equals("wireguard") ? port(object(data).whole("Port", 0)) : 0;
            boolean usable = parsed.getAddress().length == range.base().getAddress().length
                    && !parsed.isAnyLocalAddress() && !parsed.isMulticastAddress();
            return usable ? Optional.of(new PeerAddress(range, Cidr.text(parsed), token, number)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String token(String type, String data) {
        return switch (type) {
            case "vxlan" -> mac(object(data).text("VtepMAC"));
            case "wireguard" -> key(object(data).text("PublicKey"));
            default -> "";
        };
    }

    private static int port(long told) {
        if (told < 0 || told > LARGEST_PORT) {
            throw new IllegalArgumentException("no port: " + told);
        }
        return (int) told;
    }

    private static Struct object(String data) {
        try {
            return Json.object(data.getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("no JSON object", e);
        }
    }

    /// A MAC address of one device in the form the kernel prints; zeros would be the way to everybody.
    static String mac(String text) {
        String[] parts = text.split(":");
        boolean good = parts.length == MAC_BYTES;
        for (String part : parts) {
            good &= part.length() == 2 && part.chars().allMatch(c -> Character.digit(c, 16) >= 0);
        }
        if (!good || text.equals(NO_MAC) || Character.digit(text.charAt(1), 16) % 2 != 0) {
            throw new IllegalArgumentException("no MAC address: " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /// A key as `wg` takes it: the one way to write 32 bytes in base64.
    private static String key(String text) {
        byte[] raw = Base64.getDecoder().decode(text);
        if (raw.length != KEY_BYTES || !Base64.getEncoder().encodeToString(raw).equals(text)) {
            throw new IllegalArgumentException("no WireGuard key");
        }
        return text;
    }

    /// The annotations of this lease, as flannel writes them, and the mark that keeps others from writing them.
    Map<String, String> annotations() {
        Map<String, String> all = new TreeMap<>(Map.of(BOUND, "bound", MANAGED, "true", PREFIX + "backend-type", type));
        for (PeerAddress reach : reaches) {
            boolean ipv6 = reach.range().ipv6();
            all.put(PREFIX + (ipv6 ? "public-ipv6" : "public-ip"), reach.address());
            all.put(PREFIX + (ipv6 ? "backend-v6-data" : "backend-data"), data(reach));
        }
        return all;
    }

    private String data(PeerAddress reach) {
        return switch (type) {
            case "vxlan" -> Json.text(Struct.of("VNI", reach.number(), "VtepMAC", reach.token()));
            case "wireguard" -> Json.text(Struct.of("PublicKey", reach.token(), "Port", reach.number()));
            default -> "null";
        };
    }

    /// The address of this node in a family.
    Optional<PeerAddress> in(boolean ipv6) {
        return reaches.stream().filter(r -> r.range().ipv6() == ipv6).findFirst();
    }
}
