package io.k3j.features;

import java.util.List;
import org.osgi.framework.Version;

/// A jar of the plugin directory that was found sound.
///
/// @param file its name in the plugin directory
/// @param feature what it runs as
/// @param bundle the copy of it that is installed
/// @param version of its bundle
record Plugin(String file, Feature feature, Handle bundle, Version version) {
    /// The features of several.
    static List<Feature> features(List<Plugin> plugins) {
        return plugins.stream().map(Plugin::feature).toList();
    }
}
