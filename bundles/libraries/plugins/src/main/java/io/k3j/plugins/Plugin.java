package io.k3j.plugins;

import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Version;

/// A jar or feature archive of the plugin directory that was found sound.
///
/// @param file its name in the plugin directory
/// @param feature what it runs as
/// @param parts its bundles, in the order of the feature's
/// @param kept the name of the copy of the whole of it, beside those of its bundles
record Plugin(String file, Feature feature, List<Part> parts, String kept) {
    /// One bundle of it.
    ///
    /// @param bundle the copy of its jar that is installed
    record Part(Handle bundle, Version version) {
    }

    /// Copies the list.
    Plugin {
        parts = List.copyOf(parts);
    }

    /// Its bundles.
    List<Handle> handles() {
        return parts.stream().map(Part::bundle).toList();
    }

    /// The names of all its copies.
    Set<String> copies() {
        return Stream.concat(Stream.of(kept), parts.stream().map(part -> part.bundle().choice()))
                .collect(Collectors.toSet());
    }

    /// Its version, or those of its bundles.
    String version() {
        return parts.stream().map(part -> part.version().toString()).distinct().collect(Collectors.joining(", "));
    }

    /// The symbolic names of its bundles.
    Set<String> names() {
        return handles().stream().map(Handle::symbolicName).collect(Collectors.toSet());
    }

    /// @throws FeatureProblem when another file has one of its names
    void refuseBeside(Stream<Plugin> others) {
        others.filter(other -> !other.file.equals(file) && other.clashes(this)).findFirst().ifPresent(other -> {
            throw new FeatureProblem(file + " has the Bundle-SymbolicName of " + other.file
                    + ", which runs; take one of them away");
        });
    }

    /// Whether another one has a name that this one has as well.
    boolean clashes(Plugin other) {
        return feature.name().equals(other.feature.name()) || parts.stream().anyMatch(part -> other.parts.stream()
                .anyMatch(one -> one.bundle().symbolicName().equals(part.bundle().symbolicName())));
    }
}
