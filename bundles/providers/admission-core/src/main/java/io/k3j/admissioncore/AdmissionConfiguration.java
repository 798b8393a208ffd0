package io.k3j.admissioncore;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The file `--kube-apiserver-arg=admission-control-config-file`, which has a section for each plug-in that takes a
/// configuration: in place, or as the `path` of another file, which begins where the file lies. See
/// <https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/>.
final class AdmissionConfiguration {
    private static final String FLAG = "admission-control-config-file";
    /// The plug-ins that take a configuration.
    private static final Set<String> PLUGINS = Set.of("PodSecurity", EventRateLimit.NAME);
    private static final int MOST_BYTES = 1 << 20;

    private AdmissionConfiguration() {
    }

    /// What a plug-in is configured by; empty when the arguments name no file, or it has no section for it.
    ///
    /// @param arguments all values of `--kube-apiserver-arg`
    /// @param read makes a configuration of the section, or refuses it
    /// @throws IllegalArgumentException for an unreadable or invalid file; the message names file and field
    static <T> Optional<T> of(String plugin, Function<Struct, T> read, String... arguments) {
        String file = "";
        for (String argument : arguments) {
            file = argument.startsWith(FLAG + "=") ? argument.substring(FLAG.length() + 1) : file;
        }
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return section(Path.of(file), plugin).map(read);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + " of --kube-apiserver-arg=" + FLAG + ": " + e,
                    e);
        } catch (MalformedInput | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " of --kube-apiserver-arg=" + FLAG + ": " + e.getMessage(), e);
        }
    }

    private static Optional<Struct> section(Path file, String wanted) throws IOException {
        Struct root = document(file);
        require(root.text("apiVersion").startsWith("apiserver.config.k8s.io/")
                && root.text("kind").equals("AdmissionConfiguration"),
                "it must be an AdmissionConfiguration of apiserver.config.k8s.io/v1");
        Optional<Struct> found = Optional.empty();
        for (Struct plugin : root.seq("plugins").structs()) {
            String name = plugin.text("name");
            require(PLUGINS.contains(name), "the plug-in \"" + name
                    + "\" takes no configuration here; PodSecurity and EventRateLimit do");
            if (name.equals(wanted)) {
                found = Optional.of(plugin.text("path").isEmpty() || plugin.has("configuration")
                        ? plugin.struct("configuration")
                        : document(file.toAbsolutePath().resolveSibling(plugin.text("path"))));
            }
        }
        return found;
    }

    private static Struct document(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            require(text.length <= MOST_BYTES, file + " has more than " + MOST_BYTES + " bytes");
            return Yaml.document(text).object();
        }
    }

    /// @throws IllegalArgumentException unless `it` has only these fields
    static void requireKnown(Struct it, Set<String> known, String where) {
        List<String> unknown = it.names().stream().filter(name -> !known.contains(name)).toList();
        require(unknown.isEmpty(), "unknown fields " + unknown + " in " + where);
    }

    /// @throws IllegalArgumentException unless it is met
    static void require(boolean met, String why) {
        if (!met) {
            throw new IllegalArgumentException(why);
        }
    }
}
