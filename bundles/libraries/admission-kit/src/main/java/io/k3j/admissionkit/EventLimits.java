package io.k3j.admissionkit;

import static io.k3j.validation.AdmissionConfiguration.require;
import static io.k3j.validation.AdmissionConfiguration.requireKnown;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The EventRateLimit section of the file `--kube-apiserver-arg=admission-control-config-file`: `Configuration` of
/// `eventratelimit.admission.k8s.io/v1alpha1`. See
/// <https://kubernetes.io/docs/reference/config-api/apiserver-eventratelimit.v1alpha1/>.
public final class EventLimits {
    private static final int CACHE = 4096;
    /// More is no limit of an API server, and less than a cache can hold.
    private static final long MOST = 1_000_000;
    private static final String GROUP = "eventratelimit.admission.k8s.io/";

    /// What is limited together.
    public enum Type {
        /// All together.
        SERVER("Server"),
        /// Each namespace.
        NAMESPACE("Namespace"),
        /// Each writer.
        USER("User"),
        /// Each object of each reporter.
        SOURCE_AND_OBJECT("SourceAndObject");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /// As the file has it.
        String text() {
            return text;
        }

        static Type of(String text, String where) {
            for (Type type : values()) {
                if (type.text.equals(text)) {
                    return type;
                }
            }
            throw new IllegalArgumentException(where + ".type: Unsupported value: \"" + text
                    + "\": supported values: \"Namespace\", \"Server\", \"SourceAndObject\", \"User\"");
        }
    }

    /// One limit.
    ///
    /// @param qps Events a second in the long run
    /// @param burst Events at once
    /// @param cacheSize of how many keys it is known how many Events they had; who was not heard of for longest is
    ///     forgotten first
    public record Limit(Type type, long qps, long burst, int cacheSize) {
    }

    private EventLimits() {
    }

    /// @throws IllegalArgumentException with upstream's words
    public static List<Limit> of(Struct it) {
        require(it.text("apiVersion").startsWith(GROUP) && it.text("kind").equals("Configuration"),
                "the configuration of EventRateLimit must be a Configuration of " + GROUP + "v1alpha1");
        requireKnown(it, Set.of("apiVersion", "kind", "limits"), "configuration");
        List<Limit> limits = new ArrayList<>();
        for (Struct limit : it.seq("limits").structs()) {
            limits.add(limit(limit, "limits[" + limits.size() + "]"));
        }
        require(!limits.isEmpty(), "limits: Invalid value: []: must not be empty");
        return limits;
    }

    private static Limit limit(Struct it, String where) {
        requireKnown(it, Set.of("type", "qps", "burst", "cacheSize"), where);
        Type type = Type.of(it.text("type"), where);
        long cache = it.whole("cacheSize", 0);
        require(type == Type.SERVER || cache >= 0, where + ".cacheSize: Invalid value: " + cache
                + ": must not be negative");
        require(cache <= MOST, where + ".cacheSize: Invalid value: " + cache + ": must be at most " + MOST);
        return new Limit(type, positive(it, "qps", where), positive(it, "burst", where),
                cache <= 0 ? CACHE : Math.toIntExact(cache));
    }

    private static long positive(Struct it, String name, String where) {
        long value = it.whole(name, 0);
        require(value > 0, where + "." + name + ": Invalid value: " + value + ": must be positive");
        return value;
    }
}
