package io.k3j.featuremodel;

import io.k3j.componentapi.Identity;
import io.k3j.componentapi.SwapPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads the features directory. An invalid file is an error that names the file: a feature misread silently
/// would silently not run. Reads at each call.
public final class FeatureFiles {
    private static final Set<String> KEYS = Set.of("name", "words", "needs", "critical", "when", "unless", "bundles",
            "settings", "manifests", "standsFor");
    private static final Set<String> BUNDLE_KEYS = Set.of("name", "swap", "stop", "identities");
    /// The one value of `stop`: the bundle must not be stopped.
    private static final String NEVER = "NEVER";

    private final Path root;

    /// @param root the directory of features
    public FeatureFiles(Path root) {
        this.root = root;
    }

    /// The features of a role, in their order of start.
    /// @throws FeatureProblem naming the file, when there is no such role or it cannot be read
    public List<String> role(String name) {
        return new Section(root.resolve("roles").resolve(name + ".json"), "", Set.of("features")).texts("features");
    }

    /// The features that agents run.
    public Set<String> agents() {
        return Files.exists(root.resolve("roles/agent.json")) ? Set.copyOf(role("agent")) : Set.of();
    }

    /// All features, by name, those of other roles too.
    /// @throws FeatureProblem naming the file, when one of them cannot be used
    public Map<String, Feature> all() {
        Map<String, Feature> features = new LinkedHashMap<>();
        try (Stream<Path> directories = Files.list(root)) {
            for (Path directory : directories.sorted().toList()) {
                Path file = directory.resolve("feature.json");
                if (Files.exists(file)) {
                    Feature feature = read(directory, file);
                    features.put(feature.name(), feature);
                }
            }
        } catch (IOException e) {
            throw new FeatureProblem(root + ": cannot be listed: " + e.getMessage(), e);
        }
        return features;
    }

    /// One feature.
    /// @throws FeatureProblem naming the file, when it cannot be used
    static Feature read(Path directory, Path file) {
        Section section = new Section(file, "", KEYS);
        String name = section.text("name");
        if (!directory.endsWith(name)) {
            throw new FeatureProblem(file + ": name " + name + " is not the directory's");
        }
        Map<String, List<String>> settings = new LinkedHashMap<>();
        Section pids = section.section("settings");
        pids.names().forEach(pid -> settings.put(pid, pids.texts(pid)));
        List<Feature.Part> parts = new ArrayList<>();
        for (Section bundle : section.sections("bundles", BUNDLE_KEYS)) {
            parts.add(part(bundle));
        }
        parts.forEach(part -> settings.putIfAbsent(part.symbolicName(), List.of()));
        Optional<Path> manifests = section.has("manifests")
                ? Optional.of(directory.resolve(section.text("manifests")))
                : Optional.empty();
        return new Feature(name, new LinkedHashSet<>(section.texts("words")), section.texts("needs"),
                section.texts("critical"), texts(section.section("when")), texts(section.section("unless")), parts,
                settings, manifests, Set.copyOf(section.texts("standsFor")), Map.of());
    }

    /// The texts of a section, by their keys.
    /// @throws FeatureProblem naming the place, when a value is no text
    public static Map<String, String> texts(Section section) {
        Map<String, String> texts = new LinkedHashMap<>();
        section.names().forEach(key -> texts.put(key, section.text(key)));
        return texts;
    }

    /// Where nothing else is said a bundle is stopped before the next one starts: two at once have to be meant.
    private static Feature.Part part(Section bundle) {
        List<Identity> identities = new ArrayList<>();
        for (Section identity : bundle.sections("identities", Set.of("user", "groups"))) {
            identities.add(new Identity(identity.text("user"), identity.texts("groups")));
        }
        String swap = bundle.has("swap") ? bundle.text("swap") : SwapPolicy.REPLACE.name();
        boolean stays = bundle.has("stop");
        if (stays && !bundle.text("stop").equals(NEVER)) {
            throw bundle.problem("stop is " + NEVER + " or not there, not " + bundle.text("stop"));
        }
        try {
            return new Feature.Part(bundle.text("name"), SwapPolicy.valueOf(swap), stays, identities);
        } catch (IllegalArgumentException e) {
            throw bundle.problem("swap is PARALLEL, REPLACE or RESTART, not " + swap);
        }
    }
}
