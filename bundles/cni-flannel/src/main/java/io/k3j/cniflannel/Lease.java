package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a node tells the others about itself, in flannel's annotations on its Node
/// (<https://github.com/flannel-io/flannel/blob/master/Documentation/kubernetes.md>), so that nodes of stock K3s
/// and ours understand each other. Whatever another node wrote is checked here before it gets near a command.
///
/// @param type flannel's name of its backend
/// @param reaches at most one per family, IPv4 first
record Lease(String node, String type, List<Reach> reaches) {
    static final String PREFIX = "flannel.alpha.coreos.com/";
    static final String OVERWRITE = PREFIX + "public-ip-overwrite";
    static final String OVERWRITE_SIX = PREFIX + "public-ipv6-overwrite";
    private static final String MANAGED = PREFIX + "kube-subnet-manager";
    private static final int VNI = 1;
    private static final int MAC_BYTES = 6;
    private static final int KEY_CHARACTERS = 44;

    /// What a Node says; empty while it says nothing, or nothing that can be used.
    static Optional<Lease> of(Obj node) {
        Map<String, String> told = node.annotations();
        if (!told.getOrDefault(MANAGED, "").equals("true")) {
            return Optional.empty();
        }
        String type = told.getOrDefault(PREFIX + "backend-type", "");
        List<Reach> reaches = new ArrayList<>();
        for (Range range : ranges(node)) {
            reach(told, type, range).ifPresent(reaches::add);
        }
        return reaches.isEmpty() ? Optional.empty() : Optional.of(new Lease(node.name(), type, reaches));
    }

    /// The ranges a node has; what is no range is left out.
    static List<Range> ranges(Obj node) {
        List<String> texts = node.spec().seq("podCIDRs").texts();
        List<Range> all = new ArrayList<>();
        for (String text : texts.isEmpty() ? List.of(node.spec().text("podCIDR")) : texts) {
            try {
                all.add(Range.parse(text));
            } catch (IllegalArgumentException e) {
                System.getLogger("io.k3j.cniflannel").log(System.Logger.Level.DEBUG, "no range: {0}", e.getMessage());
            }
        }
        all.sort((a, b) -> Boolean.compare(a.six(), b.six()));
        return all;
    }

    private static Optional<Reach> reach(Map<String, String> told, String type, Range range) {
        String address = told.getOrDefault(PREFIX + (range.six() ? "public-ipv6" : "public-ip"), "");
        String data = told.getOrDefault(PREFIX + (range.six() ? "backend-v6-data" : "backend-data"), "");
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            String token = token(type, data);
            boolean usable = parsed.getAddress().length == range.base().getAddress().length;
            return usable ? Optional.of(new Reach(range, parsed.getHostAddress(), token)) : Optional.empty();
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

    private static Struct object(String data) {
        try {
            return Json.object(data.getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("no JSON object", e);
        }
    }

    /// A MAC address in the form the kernel prints.
    static String mac(String text) {
        String[] parts = text.split(":");
        boolean good = parts.length == MAC_BYTES;
        for (String part : parts) {
            good &= part.length() == 2 && part.chars().allMatch(c -> Character.digit(c, 16) >= 0);
        }
        if (!good) {
            throw new IllegalArgumentException("no MAC address: " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String key(String text) {
        boolean good = text.length() == KEY_CHARACTERS && text.chars().allMatch(
                c -> c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '='));
        if (!good) {
            throw new IllegalArgumentException("no WireGuard key");
        }
        return text;
    }

    /// The annotations that tell this lease, as flannel writes them.
    Map<String, String> annotations() {
        Map<String, String> all = new TreeMap<>(Map.of(MANAGED, "true", PREFIX + "backend-type", type));
        for (Reach reach : reaches) {
            boolean six = reach.range().six();
            all.put(PREFIX + (six ? "public-ipv6" : "public-ip"), reach.address());
            all.put(PREFIX + (six ? "backend-v6-data" : "backend-data"), data(reach.token()));
        }
        return all;
    }

    private String data(String token) {
        return switch (type) {
            case "vxlan" -> Json.text(Struct.of("VNI", VNI, "VtepMAC", token));
            case "wireguard" -> Json.text(Struct.of("PublicKey", token));
            default -> "null";
        };
    }

    /// How this node is reached in a family.
    Optional<Reach> in(boolean six) {
        return reaches.stream().filter(r -> r.range().six() == six).findFirst();
    }
}
