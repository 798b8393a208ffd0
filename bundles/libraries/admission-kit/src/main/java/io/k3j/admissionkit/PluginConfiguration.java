package io.k3j.admissionkit;

import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.validation.AdmissionConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What plug-ins of this bundle are configured with: their sections of [AdmissionConfiguration], each read from a file
/// of a bounded size.
public final class PluginConfiguration {
    private static final int MOST_BYTES = 1 << 20;

    private PluginConfiguration() {
    }

    /// @param read makes a configuration of the section, or refuses it
    /// @param arguments all values of `--kube-apiserver-arg`
    /// @throws IllegalArgumentException for an unreadable or invalid file; the message names file and field
    public static <T> Optional<T> of(String plugin, Function<Struct, T> read, String... arguments) {
        return AdmissionConfiguration.of(plugin, List.of(arguments), PluginConfiguration::document, read);
    }

    private static Struct document(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            AdmissionConfiguration.require(text.length <= MOST_BYTES, file + " has more than " + MOST_BYTES + " bytes");
            return Yaml.document(text).object();
        }
    }
}
