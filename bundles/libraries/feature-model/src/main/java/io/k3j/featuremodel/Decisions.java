package io.k3j.featuremodel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an operator has decided on this server by `k3s component`, over what flags and roles say, and what of the
/// decisions for the cluster this server follows. Immutable; on disk it is `<data-dir>/bundles/components.json`.
///
/// @param enabled names of features that run although a flag disables them
/// @param disabled names of features that do not run although they are wanted
/// @param cluster by feature whether it is to run on every server; where it speaks, the two before it rest
public record Decisions(Set<String> enabled, Set<String> disabled, Map<String, Boolean> cluster) {
    /// Nothing was decided.
    public static final Decisions NONE = new Decisions(Set.of(), Set.of());
    /// Keys that a file has only when something was decided for the cluster.
    private static final String CLUSTER_ENABLED = "clusterEnabled";
    private static final String CLUSTER_DISABLED = "clusterDisabled";
    private static final Set<String> KEYS = Set.of("enabled", "disabled", CLUSTER_ENABLED, CLUSTER_DISABLED);

    /// Copies the sets.
    public Decisions {
        enabled = Set.copyOf(enabled);
        disabled = Set.copyOf(disabled);
        cluster = Map.copyOf(cluster);
    }

    /// Without decisions for the cluster.
    Decisions(Set<String> enabled, Set<String> disabled) {
        this(enabled, disabled, Map.of());
    }

    /// Reads them; none when there is no file.
    ///
    /// @param dataDir the data directory
    /// @throws FeatureProblem naming the file, when it cannot be read
    public static Decisions read(Path dataDir) {
        Path file = file(dataDir);
        if (!Files.exists(file)) {
            return NONE;
        }
        Section section = new Section(file, "", KEYS);
        Map<String, Boolean> cluster = new HashMap<>();
        section.texts(CLUSTER_ENABLED).forEach(name -> cluster.put(name, true));
        section.texts(CLUSTER_DISABLED).forEach(name -> cluster.put(name, false));
        return new Decisions(Set.copyOf(section.texts("enabled")), Set.copyOf(section.texts("disabled")), cluster);
    }

    /// Writes them; what an earlier release does not know only where there is something to say.
    ///
    /// @param disk makes the change; it survives a power failure once this has returned
    /// @throws FeatureProblem naming the file, when it cannot be written
    public void write(Path dataDir, StateFiles disk) {
        Map<String, Object> keys = new HashMap<>(
                Map.of("enabled", new TreeSet<>(enabled), "disabled", new TreeSet<>(disabled)));
        if (!cluster.isEmpty()) {
            keys.put(CLUSTER_ENABLED, ofCluster(true));
            keys.put(CLUSTER_DISABLED, ofCluster(false));
        }
        disk.write(file(dataDir), keys);
    }

    /// The features about which the cluster has decided so.
    private Set<String> ofCluster(boolean on) {
        Set<String> names = new TreeSet<>(cluster.keySet());
        names.removeIf(name -> on != Boolean.TRUE.equals(cluster.get(name)));
        return names;
    }

    /// What runs although a flag disables it, whoever decided so.
    public Set<String> allEnabled() {
        return all(enabled, true);
    }

    /// What does not run although it is wanted, whoever decided so.
    public Set<String> allDisabled() {
        return all(disabled, false);
    }

    /// The cluster's word, and that of this server where the cluster says nothing.
    private Set<String> all(Set<String> here, boolean on) {
        Set<String> all = ofCluster(on);
        here.stream().filter(name -> !cluster.containsKey(name)).forEach(all::add);
        return all;
    }

    /// Following a decision for the cluster.
    /// @param on empty when it was taken back
    Decisions following(String feature, Optional<Boolean> on) {
        Map<String, Boolean> followed = new HashMap<>(cluster);
        followed.remove(feature);
        on.ifPresent(value -> followed.put(feature, value));
        return new Decisions(enabled, disabled, followed);
    }

    private static Path file(Path dataDir) {
        return dataDir.resolve("bundles/components.json");
    }

    /// With one more decision, which takes the place of an earlier one about the same feature.
    Decisions with(String feature, boolean on) {
        Set<String> yes = new TreeSet<>(enabled);
        Set<String> no = new TreeSet<>(disabled);
        (on ? yes : no).add(feature);
        (on ? no : yes).remove(feature);
        return new Decisions(yes, no, cluster);
    }

    /// Without any decision about a feature.
    Decisions without(String feature) {
        Set<String> yes = new TreeSet<>(enabled);
        Set<String> no = new TreeSet<>(disabled);
        yes.remove(feature);
        no.remove(feature);
        return new Decisions(yes, no, cluster);
    }

    /// What was decided since another state, in words.
    String since(Decisions before) {
        List<String> words = new ArrayList<>();
        new TreeSet<>(enabled).stream().filter(n -> !before.enabled.contains(n))
                .forEach(n -> words.add(n + " is enabled"));
        new TreeSet<>(disabled).stream().filter(n -> !before.disabled.contains(n))
                .forEach(n -> words.add(n + " is disabled"));
        new TreeMap<>(cluster).entrySet().stream().filter(e -> !e.getValue().equals(before.cluster.get(e.getKey())))
                .forEach(e -> words.add(
                        e.getKey() + " is " + (e.getValue() ? "enabled" : "disabled") + " for the cluster"));
        return words.isEmpty() ? "nothing is decided any more" : String.join(" and ", words);
    }
}
