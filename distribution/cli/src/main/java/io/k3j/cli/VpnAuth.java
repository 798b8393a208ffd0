package io.k3j.cli;

import java.net.URI;
import java.util.List;

/// What `--vpn-auth` says, in K3s' form: `name=tailscale,joinKey=KEY[,controlServerURL=URL][,extraArgs=FLAGS]`, where
/// everything after `extraArgs=` is flags of `tailscale up`, divided by blanks. No message quotes it: any part of it
/// may be a part of the key.
///
/// @param joinKey a secret
/// @param controlServer empty for Tailscale's own
/// @param extra further flags of `tailscale up`
record VpnAuth(String joinKey, String controlServer, List<String> extra) {
    private static final String EXTRA = ",extraArgs=";
    private static final String FORM = "name=tailscale,joinKey=KEY[,controlServerURL=URL][,extraArgs=FLAGS]";

    /// Parses it.
    /// @throws IllegalArgumentException saying what is wrong, without a word of it
    static VpnAuth parse(String text) {
        int end = text.indexOf(EXTRA);
        String name = "";
        String key = "";
        String server = "";
        for (String part : (end < 0 ? text : text.substring(0, end)).split(",")) {
            int equals = part.indexOf('=');
            String value = part.substring(equals + 1).strip();
            switch (equals < 0 ? "" : part.substring(0, equals).strip()) {
                case "name" -> name = value;
                case "joinKey" -> key = value;
                case "controlServerURL" -> server = value;
                default -> throw wrong("has a part that it does not know");
            }
        }
        if (!name.equals("tailscale")) {
            throw wrong("names another VPN than tailscale, the only one there is");
        }
        if (key.isEmpty()) {
            throw wrong("has no joinKey");
        }
        if (!server.isEmpty() && !url(server)) {
            throw wrong("has a controlServerURL that is no URL such as https://vpn.example.com");
        }
        String flags = end < 0 ? "" : text.substring(end + EXTRA.length()).strip();
        return new VpnAuth(key, server, flags.isEmpty() ? List.of() : List.of(flags.split("\\s+")));
    }

    private static boolean url(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null && List.of("http", "https").contains(uri.getScheme());
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException("--vpn-auth " + why + "; it must be as " + FORM);
    }

    /// A text without the key.
    String masked(String text) {
        return text.replace(joinKey, "********");
    }

    /// Without the key.
    @Override
    public String toString() {
        return "VpnAuth[" + controlServer + "]";
    }
}
