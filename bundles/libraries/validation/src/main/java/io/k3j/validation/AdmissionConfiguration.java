package io.k3j.validation;

import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The file of `--kube-apiserver-arg=admission-control-config-file`, an `AdmissionConfiguration`: what admission
/// plug-ins are configured with, in place, or as the `path` of another file, which begins where the file lies. Each
/// reads its own part of it, and refuses the whole when a part is nobody's. See "Admission Control in Kubernetes". Any
/// thread; reads the file once for each call.
public final class AdmissionConfiguration {
    private static final String FLAG = "admission-control-config-file";
    private static final List<String> CONFIGURABLE = List.of("PodSecurity", "EventRateLimit", "ResourceQuota",
            "PodNodeSelector", "PodTolerationRestriction", "ImagePolicyWebhook", "MutatingAdmissionWebhook",
            "ValidatingAdmissionWebhook");

    private AdmissionConfiguration() {
    }

    /// Reads a file as a tree.
    public interface Reader {
        /// @throws IOException when it is not there
        /// @throws RuntimeException when it is no tree, with a message for people
        Struct read(Path file) throws IOException;
    }

    /// The configuration of a plug-in; empty when the arguments name no file, or that one says nothing of it.
    ///
    /// @param plugin its name, as `PodSecurity`
    /// @param arguments of the API server, as `name=value`
    /// @param parse reads the plug-in's part
    /// @throws IllegalArgumentException for an unreadable or invalid file; the message names file and field
    public static <T> Optional<T> of(String plugin, List<String> arguments, Reader reader, Function<Struct, T> parse) {
        Optional<Path> file = arguments.stream().filter(a -> a.startsWith(FLAG + "=")).reduce((_, last) -> last)
                .map(a -> Path.of(a.substring(FLAG.length() + 1)));
        return file.flatMap(f -> read(f, plugin, reader).map(part -> parsed(f, part, parse)));
    }

    private static Optional<Struct> read(Path file, String plugin, Reader reader) {
        try {
            return part(file, plugin, reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + " of --kube-apiserver-arg=" + FLAG + ": " + e,
                    e);
        } catch (RuntimeException e) {
            throw wrong(file, e);
        }
    }

    private static <T> T parsed(Path file, Struct part, Function<Struct, T> parse) {
        try {
            return parse.apply(part);
        } catch (IllegalArgumentException e) {
            throw wrong(file, e);
        }
    }

    private static IllegalArgumentException wrong(Path file, RuntimeException why) {
        return new IllegalArgumentException(file + " of --kube-apiserver-arg=" + FLAG + ": " + why.getMessage(), why);
    }

    /// Of several parts of one plug-in the first one counts, as upstream's.
    private static Optional<Struct> part(Path at, String plugin, Reader reader) throws IOException {
        Struct file = reader.read(at);
        require(file.text("apiVersion").startsWith("apiserver.config.k8s.io/")
                && file.text("kind").equals("AdmissionConfiguration"),
                "it must be an AdmissionConfiguration of apiserver.config.k8s.io/v1");
        Optional<Struct> found = Optional.empty();
        for (Struct each : file.seq("plugins").structs()) {
            String name = each.text("name");
            require(CONFIGURABLE.contains(name), "the plug-in \"" + name + "\" takes no configuration here; "
                    + String.join(", ", CONFIGURABLE) + " do");
            if (name.equals(plugin) && found.isEmpty()) {
                found = Optional.of(each.text("path").isEmpty() || each.has("configuration")
                        ? each.struct("configuration")
                        : reader.read(at.toAbsolutePath().resolveSibling(each.text("path"))));
            }
        }
        return found;
    }

    /// @throws IllegalArgumentException unless `it` has only these fields
    public static void requireKnown(Struct it, Set<String> known, String where) {
        List<String> unknown = it.names().stream().filter(name -> !known.contains(name)).toList();
        require(unknown.isEmpty(), "unknown fields " + unknown + " in " + where);
    }

    /// @throws IllegalArgumentException unless it is met
    public static void require(boolean met, String why) {
        if (!met) {
            throw new IllegalArgumentException(why);
        }
    }
}
