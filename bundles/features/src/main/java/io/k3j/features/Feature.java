package io.k3j.features;

import io.k3j.componentapi.Identity;
import io.k3j.componentapi.SwapPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One `feature.json`.
///
/// @param name the directory's name
/// @param words what `--disable` may call it, beside its name
/// @param needs features that must be wanted too
/// @param critical flags, in camel case, that all servers must agree on
/// @param when settings it is only wanted with, as patterns
/// @param unless settings under which it is not wanted, as patterns
/// @param bundles what it runs, in order
/// @param settings configuration PID to the settings handed to it
/// @param manifests packaged manifests, when it has some
record Feature(String name, Set<String> words, List<String> needs, List<String> critical, Map<String, String> when,
        Map<String, String> unless,
        List<Part> bundles, Map<String, List<String>> settings, Optional<Path> manifests) {

    /// One bundle of it.
    ///
    /// @param symbolicName e.g. `io.k3j.kubeproxy`
    /// @param swap how it may be replaced
    /// @param stays whether an operator may not stop it
    /// @param identities who it is to the API server, may be empty
    record Part(String symbolicName, SwapPolicy swap, boolean stays, List<Identity> identities) {
        /// The name operators use.
        String shortName() {
            return symbolicName.substring(symbolicName.lastIndexOf('.') + 1);
        }
    }

    boolean calledBy(Set<String> names) {
        return names.contains(name) || words.stream().anyMatch(names::contains);
    }
}
