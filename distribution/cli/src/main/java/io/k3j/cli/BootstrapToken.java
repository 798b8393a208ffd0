package io.k3j.cli;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A bootstrap token as its Secret has it.
///
/// @param expires as written, empty for never
/// @param usages in the order of the alphabet, as the groups
record BootstrapToken(String id, String secret, String description, String expires, List<String> usages,
        List<String> groups) {
    private static final String USAGE = "usage-bootstrap-";

    /// @param data of the Secret, base64
    static BootstrapToken of(Struct data) {
        List<String> usages = new ArrayList<>();
        for (String name : data.names()) {
            if (name.startsWith(USAGE) && plain(data, name).equals("true")) {
                usages.add(name.substring(USAGE.length()));
            }
        }
        String groups = plain(data, "auth-extra-groups");
        return new BootstrapToken(plain(data, "token-id"), plain(data, "token-secret"), plain(data, "description"),
                plain(data, "expiration"), usages.stream().sorted().toList(),
                groups.isEmpty() ? List.of() : List.of(groups.split(",")).stream().sorted().toList());
    }

    private static String plain(Struct data, String name) {
        return new String(Base64.getDecoder().decode(data.text(name)), StandardCharsets.UTF_8);
    }
}
