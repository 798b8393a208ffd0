package io.k3j.kubeletconfig;

import io.k3j.apimachinery.MergePatch;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the files of a kubelet say, as its arguments: `max-pods=250`. Only what differs from K3s' defaults is there.
///
/// Upstream's rules: files are laid over each other by JSON merge patches, in order of their names, so that maps are
/// merged and lists replaced; each says `apiVersion` and `kind`; a field that is not known is ignored, with a warning.
///
/// @param arguments without dashes, in the order of the fields
/// @param problems what forbids a start, one sentence each, which names the file
/// @param warnings what is ignored
public record KubeletArguments(List<String> arguments, List<String> problems, List<String> warnings) {
    /// Copies the lists.
    public KubeletArguments {
        arguments = List.copyOf(arguments);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /// Reads the files. Blocks for the disk.
    public static KubeletArguments read(KubeletConfigDirectory directory, KubeletDefaults defaults) {
        Reading reading = new Reading(new ConfigKind(KubeletDefaults.API_VERSION, KubeletDefaults.KIND,
                "--kubelet-arg", ConfigFields.ofKubelet()), defaults.object());
        try {
            directory.files().forEach(reading::add);
        } catch (IOException e) {
            return new KubeletArguments(List.of(), List.of("cannot list the kubelet's drop-ins: "
                    + e.getClass().getSimpleName() + " " + e.getMessage() + "; check that the directories of "
                    + "--kubelet-arg=config-dir and " + directory.directory() + " are there and readable"), List.of());
        }
        return reading.arguments();
    }

    private static final class Reading {
        private final ConfigKind kind;
        private final Struct defaults;
        private final List<String> problems = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final Map<String, Path> origin = new LinkedHashMap<>();
        private Struct merged = Struct.EMPTY;

        Reading(ConfigKind kind, Struct defaults) {
            this.kind = kind;
            this.defaults = defaults;
        }

        /// @param name where it lies, or will lie, in the directory
        void add(Path name, Path file) {
            if (name.equals(KubeletConfigDirectory.DEFAULTS)) {
                merged = MergePatch.apply(merged, defaults);
                return;
            }
            kind.read(file.toString(), problems).ifPresent(document -> {
                kind.said(file.toString(), document.object(), problems, warnings).ifPresent(said -> lay(file, said));
                document.duplicates().forEach(d -> problems.add(file + ": " + d + "; keep one of them"));
            });
        }

        private void lay(Path file, Struct said) {
            merged = MergePatch.apply(merged, said);
            for (ConfigField field : kind.fields().all()) {
                if (said.at(field.path()) != null) {
                    origin.put(field.name(), file);
                }
            }
        }

        KubeletArguments arguments() {
            List<String> arguments = new ArrayList<>();
            for (ConfigField field : kind.fields().all()) {
                Object value = merged.at(field.path());
                Object preset = defaults.at(field.path());
                if (value == null || field.type().unset(value) || preset != null && field.type().same(preset, value)) {
                    continue;
                }
                if (!field.done(value)) {
                    problems.add(origin.get(field.name()) + ": " + field.refusal(value));
                } else if (field.honoured()) {
                    arguments.add(field.flag() + "=" + field.type().text(value));
                }
            }
            return new KubeletArguments(arguments, problems, warnings);
        }
    }
}
