package io.k3j.testkit;

import java.nio.charset.StandardCharsets;

/// A request that [HostileBodies] makes up.
///
/// @param method of HTTP
/// @param path with its query
/// @param type of the body
/// @param body never changed
public record HostileRequest(String method, String path, String type, byte[] body) {
    private static final int SHOWN = 200;

    /// The beginning and the end of it, for people.
    @Override
    public String toString() {
        return method + " " + path + " " + type + " " + body.length + " " + (body.length <= 2 * SHOWN
                ? text(0, body.length) : text(0, SHOWN) + " … " + text(body.length - SHOWN, SHOWN));
    }

    private String text(int from, int length) {
        return new String(body, from, length, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "·");
    }
}
