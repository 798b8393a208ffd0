package io.k3j.apiserver;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which requests without credentials are served, as the user `system:anonymous`: by the flag `anonymous-auth`, or by
/// `anonymous` of the file that `authentication-config` names, which is read once. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests>. Immutable.
/// @param paths the only ones; none: all
record AnonymousAuth(boolean enabled, Set<String> paths) {
    /// None is.
    static final AnonymousAuth NOWHERE = new AnonymousAuth(false, Set.of());
    /// Each is.
    static final AnonymousAuth EVERYWHERE = new AnonymousAuth(true, Set.of());
    private static final int MOST_BYTES = 4 << 20;

    /// As flags, by name, say. A file that is wrong admits nobody: `auth-oidc` says what is wrong with it, and ends the
    /// start.
    static AnonymousAuth of(Map<String, String> flags) {
        String file = flags.getOrDefault("authentication-config", "");
        AnonymousAuth byFlag = Boolean.parseBoolean(flags.getOrDefault("anonymous-auth", "false")) ? EVERYWHERE
                : NOWHERE;
        return file.isEmpty() ? byFlag : byFile(Path.of(file), byFlag, flags.containsKey("anonymous-auth"));
    }

    private static AnonymousAuth byFile(Path file, AnonymousAuth byFlag, boolean flag) {
        try (InputStream from = Files.newInputStream(file)) {
            Struct configuration = Yaml.document(from.readNBytes(MOST_BYTES)).object();
            if (!(configuration.get("anonymous") instanceof Struct anonymous)) {
                return byFlag;
            }
            Set<String> paths = anonymous.seq("conditions").structs().stream().map(c -> c.text("path"))
                    .collect(Collectors.toUnmodifiableSet());
            return flag || !anonymous.flag("enabled") ? NOWHERE : new AnonymousAuth(true, paths);
        } catch (IOException | MalformedInput unusable) {
            return NOWHERE;
        }
    }

    /// Whether a request is one of these.
    /// @param path of its URL
    boolean admits(String path) {
        return enabled && (paths.isEmpty() || paths.contains(path));
    }
}
