package io.k3j.apiaccess;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Which requests without credentials are served, as the user `system:anonymous`: by the flag `anonymous-auth`, or by
/// `anonymous` of the file that `authentication-config` names, which is read once. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests>. Immutable.
///
/// @param enabled whether there are such
/// @param paths the only ones; none: all
public record AnonymousAuth(boolean enabled, Set<String> paths) {
    /// None is.
    public static final AnonymousAuth NOWHERE = new AnonymousAuth(false, Set.of());
    /// Each is.
    public static final AnonymousAuth EVERYWHERE = new AnonymousAuth(true, Set.of());
    private static final int MOST_BYTES = 4 << 20;
    private static final Set<String> FIELDS = Set.of("enabled", "conditions");

    /// As flags, by name, say. A file that is wrong admits nobody: `auth-oidc` says what is wrong with it, and ends the
    /// start. Reads the file, 4 MiB at most; throws nothing.
    ///
    /// @param flags of kube-apiserver, without dashes; a flag without a value is `true`
    public static AnonymousAuth of(Map<String, String> flags) {
        String file = flags.getOrDefault("authentication-config", "");
        AnonymousAuth byFlag = Boolean.parseBoolean(flags.getOrDefault("anonymous-auth", "false")) ? EVERYWHERE
                : NOWHERE;
        return file.isEmpty() ? byFlag : byFile(Path.of(file), byFlag, flags.containsKey("anonymous-auth"));
    }

    private static AnonymousAuth byFile(Path file, AnonymousAuth byFlag, boolean flag) {
        try (InputStream from = Files.newInputStream(file)) {
            Struct configuration = Yaml.document(from.readNBytes(MOST_BYTES)).object();
            if (!configuration.has("anonymous") || configuration.get("anonymous") == Null.NULL) {
                return byFlag;
            }
            return flag ? NOWHERE : of(configuration.struct("anonymous"));
        } catch (IOException | MalformedInput unusable) {
            return NOWHERE;
        }
    }

    /// Conditions that are none, or misspelt, would leave nothing of what they were to keep out.
    private static AnonymousAuth of(Struct anonymous) {
        Object conditions = anonymous.get("conditions");
        boolean understood = FIELDS.containsAll(anonymous.names())
                && (conditions == null || conditions == Null.NULL || conditions instanceof Seq);
        if (!understood || !anonymous.flag("enabled")) {
            return NOWHERE;
        }
        Set<String> paths = new HashSet<>();
        for (Object condition : anonymous.seq("conditions")) {
            if (!(condition instanceof Struct one && one.size() == 1 && one.get("path") instanceof String path)) {
                return NOWHERE;
            }
            paths.add(path);
        }
        return new AnonymousAuth(true, Set.copyOf(paths));
    }

    /// Whether a request is one of these.
    /// @param path of its URL
    public boolean admits(String path) {
        return enabled && (paths.isEmpty() || paths.contains(path));
    }
}
