package io.k3j.apiserverrules;

import io.k3j.model.Struct;
import java.util.List;

/// Names of policies and webhook configurations that are kept for those in files of the server: upstream's
/// `WarningsForStaticSuffix`. Pure.
final class StaticNames {
    private static final String SUFFIX = ".static.k8s.io";

    private StaticNames() {
    }

    /// The warning for an object that has such a name; empty for others.
    static List<String> warnings(Struct object) {
        return object.struct("metadata").text("name").endsWith(SUFFIX)
                ? List.of("metadata.name: names ending with \"" + SUFFIX + "\" are reserved for static manifest-based"
                        + " configurations and cannot be managed via the API")
                : List.of();
    }
}
