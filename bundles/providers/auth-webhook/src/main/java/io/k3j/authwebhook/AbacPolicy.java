package io.k3j.authwebhook;

import static io.k3j.validation.FieldTypes.Type.FLAG;
import static io.k3j.validation.FieldTypes.Type.TEXT;
import static io.k3j.validation.FieldTypes.Type.object;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import io.k3j.validation.FieldTypes.Type;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A policy of attribute-based access control, which allows something to somebody:
/// <https://kubernetes.io/docs/reference/access-authn-authz/abac/>. Immutable.
///
/// @param user empty: any, where there is a group
/// @param group empty: any, where there is a user; one of both is needed
/// @param readonly whether it allows get, list and watch only
/// @param apiGroup `*` is any, as in the next two; all three are needed for resources
/// @param namespace of the request; `*` is also none
/// @param path of what is no resource; `*` at its end stands for the rest
record AbacPolicy(String user, String group, boolean readonly, String apiGroup, String resource, String namespace,
        String path) {
    /// What an unversioned line is, in words.
    static final String UNVERSIONED = "v0";
    private static final String ANY = "*";
    private static final String AUTHENTICATED = "system:authenticated";
    private static final String GROUP = "abac.authorization.kubernetes.io/";
    private static final String KIND = "Policy";
    private static final Set<String> READS = Set.of("get", "list", "watch");
    private static final Map<String, Type> SPEC = Map.of("user", TEXT, "group", TEXT, "readonly", FLAG, "apiGroup",
            TEXT, "resource", TEXT, "namespace", TEXT, "nonResourcePath", TEXT);
    private static final Map<String, Type> VERSIONED = Map.of("apiVersion", TEXT, "kind", TEXT, "spec", object(SPEC));
    private static final Map<String, Type> PLAIN = Map.of("apiVersion", TEXT, "kind", TEXT, "user", TEXT, "group", TEXT,
            "readonly", FLAG, "resource", TEXT, "namespace", TEXT);

    /// Reads one.
    /// @throws IllegalArgumentException for another kind, and for a field that means nothing: what was meant to limit a
    /// policy must not be passed over
    static AbacPolicy of(Struct line) {
        String version = line.text("apiVersion");
        boolean plain = unversioned(line);
        boolean named = line.text("kind").equals(KIND) || plain && line.text("kind").isEmpty();
        if (!named || !plain && !version.equals(GROUP + "v1beta1")) {
            throw new IllegalArgumentException("no kind \"" + line.text("kind") + "\" is registered for version \""
                    + version + "\"; it must be a " + KIND + " of " + GROUP + "v1beta1");
        }
        check(line, plain ? PLAIN : VERSIONED);
        return plain ? unversionedOf(line) : versionedOf(line.struct("spec"));
    }

    /// Whether a line is of the form before there were versions, in which what is left out is any.
    static boolean unversioned(Struct line) {
        return line.text("apiVersion").isEmpty() || line.text("apiVersion").equals(GROUP + UNVERSIONED);
    }

    private static void check(Struct line, Map<String, Type> fields) {
        FieldTypes types = FieldTypes.of(line, fields);
        if (!types.problems().isEmpty()) {
            throw new IllegalArgumentException(
                    types.problems().stream().map(FieldProblem::toString).collect(Collectors.joining(", ")));
        }
        if (!types.unknown().isEmpty()) {
            throw new IllegalArgumentException(types.unknown().stream().map(field -> "unknown field \"" + field + "\"")
                    .collect(Collectors.joining(", ")));
        }
    }

    private static AbacPolicy versionedOf(Struct spec) {
        boolean anybody = spec.text("user").equals(ANY) || spec.text("group").equals(ANY);
        return new AbacPolicy(anybody ? "" : spec.text("user"), anybody ? AUTHENTICATED : spec.text("group"),
                spec.flag("readonly"), spec.text("apiGroup"), spec.text("resource"), spec.text("namespace"),
                spec.text("nonResourcePath"));
    }

    private static AbacPolicy unversionedOf(Struct line) {
        String user = line.text("user");
        String group = line.text("group");
        boolean anybody = user.equals(ANY) || group.equals(ANY) || user.isEmpty() && group.isEmpty();
        String resource = line.text("resource");
        String namespace = line.text("namespace");
        return new AbacPolicy(anybody ? "" : user, anybody ? AUTHENTICATED : group, line.flag("readonly"), ANY,
                resource.isEmpty() ? ANY : resource, namespace.isEmpty() ? ANY : namespace,
                resource.isEmpty() && namespace.isEmpty() ? ANY : "");
    }

    /// Whether it is about a caller.
    boolean concerns(Caller caller) {
        return !(user.isEmpty() && group.isEmpty()) && (user.isEmpty() || user.equals(caller.user()))
                && (group.isEmpty() || caller.in(group));
    }

    /// Whether it allows this.
    boolean allows(Caller caller, Attributes what) {
        return concerns(caller) && (!readonly || READS.contains(what.verb()))
                && (what.path().isEmpty() ? ofResource(what) : ofPath(what.path()));
    }

    private boolean ofResource(Attributes what) {
        return any(namespace, what.namespace()) && any(resource, what.resource()) && any(apiGroup, what.group());
    }

    private static boolean any(String given, String asked) {
        return given.equals(ANY) || given.equals(asked);
    }

    private boolean ofPath(String asked) {
        return any(path, asked)
                || path.endsWith(ANY) && asked.startsWith(path.substring(0, path.length() - trailing(path)));
    }

    private static int trailing(String path) {
        int stars = 0;
        while (stars < path.length() && path.charAt(path.length() - 1 - stars) == '*') {
            stars++;
        }
        return stars;
    }
}
