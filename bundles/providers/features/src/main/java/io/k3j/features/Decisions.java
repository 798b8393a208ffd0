package io.k3j.features;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What an operator has decided on this server by `k3s component`, over what flags and roles say. Immutable; on disk it
/// is `<data-dir>/bundles/components.json`.
///
/// @param enabled names of features that run although a flag disables them
/// @param disabled names of features that do not run although they are wanted
record Decisions(Set<String> enabled, Set<String> disabled) {
    /// Nothing was decided.
    static final Decisions NONE = new Decisions(Set.of(), Set.of());
    private static final Set<String> KEYS = Set.of("enabled", "disabled");

    /// Copies the sets.
    Decisions {
        enabled = Set.copyOf(enabled);
        disabled = Set.copyOf(disabled);
    }

    /// Reads them.
    /// @throws FeatureProblem naming the file, when it cannot be read
    static Decisions read(Path dataDir) {
        Path file = file(dataDir);
        if (!Files.exists(file)) {
            return NONE;
        }
        Section section = new Section(file, "", KEYS);
        return new Decisions(Set.copyOf(section.texts("enabled")), Set.copyOf(section.texts("disabled")));
    }

    /// Writes them.
    void write(Path dataDir, StateFiles disk) {
        disk.write(file(dataDir), Map.of("enabled", new TreeSet<>(enabled), "disabled", new TreeSet<>(disabled)));
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
        return new Decisions(yes, no);
    }

    /// Without any decision about a feature.
    Decisions without(String feature) {
        Set<String> yes = new TreeSet<>(enabled);
        Set<String> no = new TreeSet<>(disabled);
        yes.remove(feature);
        no.remove(feature);
        return new Decisions(yes, no);
    }

    /// What was decided since another state, in words.
    String since(Decisions before) {
        List<String> words = new ArrayList<>();
        new TreeSet<>(enabled).stream().filter(n -> !before.enabled.contains(n))
                .forEach(n -> words.add(n + " is enabled"));
        new TreeSet<>(disabled).stream().filter(n -> !before.disabled.contains(n))
                .forEach(n -> words.add(n + " is disabled"));
        return words.isEmpty() ? "nothing is decided any more" : String.join(" and ", words);
    }
}
