package io.k3j.featuremodel;

import io.k3j.componentapi.Identity;
import io.k3j.componentapi.SwapPolicy;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One `feature.json`.
///
/// @param name the name of its directory
/// @param words further words for it in `--disable`
/// @param needs features that have to be wanted as well
/// @param critical flags, in camel case, that all servers have to agree on
/// @param when settings it requires, as patterns
/// @param unless settings that exclude it, as patterns
/// @param bundles its bundles, in order of start
/// @param settings the settings of each configuration PID
/// @param manifests the directory of its packaged manifests, if any
/// @param standsFor features that others may need and that it is as good as
/// @param configurations values that it brings itself, by configuration PID (`factory~name` for one of several) and
///        name: texts, booleans and lists of texts
public record Feature(String name, Set<String> words, List<String> needs, List<String> critical,
        Map<String, String> when, Map<String, String> unless,
        List<Part> bundles, Map<String, List<String>> settings, Optional<Path> manifests, Set<String> standsFor,
        Map<String, Map<String, Object>> configurations) {

    /// One bundle of a feature.
    ///
    /// @param symbolicName e.g. `io.k3j.kubeproxy`
    /// @param swap how it may be replaced
    /// @param stays whether an operator may not stop it
    /// @param identities its users towards the API server, may be empty
    public record Part(String symbolicName, SwapPolicy swap, boolean stays, List<Identity> identities) {
        /// The name operators use.
        public String shortName() {
            return symbolicName.substring(symbolicName.lastIndexOf('.') + 1);
        }
    }

    /// Whether one of these is its name, or a word for it.
    public boolean namedBy(Set<String> names) {
        return names.contains(name) || words.stream().anyMatch(names::contains);
    }

    /// The first feature it needs that none of these is or stands for; empty when nothing is missing.
    String missing(Collection<Feature> running) {
        return needs.stream().filter(need -> running.stream().noneMatch(other -> other.is(need))).findFirst()
                .orElse("");
    }

    /// A feature may be as good as another one for those that need it: any datastore is as good as the default one.
    private boolean is(String need) {
        return name.equals(need) || standsFor.contains(need);
    }

    /// All configurations it has.
    public Set<String> pids() {
        Set<String> pids = new LinkedHashSet<>(settings.keySet());
        pids.addAll(configurations.keySet());
        return pids;
    }

    /// The settings it depends on, for messages.
    String conditions() {
        return "(with: " + when + ", without: " + unless + ")";
    }

    /// Whether a bundle of it must not be stopped.
    public boolean stays() {
        return bundles.stream().anyMatch(Part::stays);
    }

    /// What operators call a bundle of it: the only one has the feature's name, because users know that one.
    public String nameOf(Part part) {
        return bundles.size() == 1 ? name : part.shortName();
    }

    /// The feature of a jar without a description: one bundle, no settings but its own empty configuration.
    public static Feature ofJar(String name, String symbolicName) {
        return new Feature(name, Set.of(), List.of(), List.of(), Map.of(), Map.of(),
                List.of(new Part(symbolicName, SwapPolicy.REPLACE, false, List.of())), Map.of(symbolicName, List.of()),
                Optional.empty(), Set.of(), Map.of());
    }
}
