package io.k3j.testkit;

/// A request that [HostileBodies] makes up.
///
/// @param method of HTTP
/// @param path with its query
/// @param type of the body
/// @param body text that is sent in UTF-8
public record HostileRequest(String method, String path, String type, String body) {
    private static final int SHOWN = 200;

    /// The beginning of it, for people.
    @Override
    public String toString() {
        return method + " " + path + " " + type + " " + body.length() + " " + (body.length() <= 2 * SHOWN ? body
                : body.substring(0, SHOWN) + " … " + body.substring(body.length() - SHOWN));
    }
}
