package io.k3j.kubeletconfig;

import io.k3j.apimachinery.MergePatch;
import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
    private static final int MOST_BYTES = 1 << 20;

    /// Copies the lists.
    public KubeletArguments {
        arguments = List.copyOf(arguments);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /// Reads the files. Blocks for the disk.
    public static KubeletArguments read(KubeletConfigDirectory directory, KubeletDefaults defaults) {
        Reading reading = new Reading(ConfigFields.read(), defaults.object());
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
        private final ConfigFields fields;
        private final Struct defaults;
        private final List<String> problems = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final Map<String, Path> origin = new LinkedHashMap<>();
        private Struct merged = Struct.EMPTY;

        Reading(ConfigFields fields, Struct defaults) {
            this.fields = fields;
            this.defaults = defaults;
        }

        /// @param name where it lies, or will lie, in the directory
        void add(Path name, Path file) {
            if (name.equals(KubeletConfigDirectory.DEFAULTS)) {
                merged = MergePatch.apply(merged, defaults);
                return;
            }
            try {
                Document document = Yaml.document(bytes(file));
                add(file, document.object());
                document.duplicates().forEach(d -> problems.add(file + ": " + d + "; keep one of them"));
            } catch (IOException e) {
                problems.add(file + " cannot be read: " + e.getClass().getSimpleName()
                        + "; write a KubeletConfiguration there or leave it out of --kubelet-arg");
            } catch (MalformedInput e) {
                problems.add(file + " is not a KubeletConfiguration: " + e.getMessage());
            }
        }

        private static byte[] bytes(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] text = in.readNBytes(MOST_BYTES + 1);
                if (text.length == 0 || text.length > MOST_BYTES) {
                    throw new MalformedInput(text.length == 0 ? "it is empty"
                            : "it has more than " + MOST_BYTES + " bytes");
                }
                return text;
            }
        }

        private void add(Path file, Struct object) {
            if (!object.text("apiVersion").equals(KubeletDefaults.API_VERSION)
                    || !object.text("kind").equals(KubeletDefaults.KIND)) {
                problems.add(file + ": its first lines must be apiVersion: " + KubeletDefaults.API_VERSION
                        + " and kind: " + KubeletDefaults.KIND);
                return;
            }
            List<String> malformed = new ArrayList<>();
            Struct said = object.without("apiVersion").without("kind");
            for (String unknown : fields.check(said, malformed)) {
                String near = fields.near(unknown);
                warnings.add(file + ": unknown field " + unknown + " is ignored"
                        + (near.isEmpty() ? "" : "; did you mean " + near + "?"));
            }
            malformed.forEach(why -> problems.add(file + ": " + why));
            if (malformed.isEmpty()) {
                merged = MergePatch.apply(merged, said);
                for (ConfigField field : fields.all()) {
                    if (said.at(field.path()) != null) {
                        origin.put(field.name(), file);
                    }
                }
            }
        }

        KubeletArguments arguments() {
            List<String> arguments = new ArrayList<>();
            for (ConfigField field : fields.all()) {
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
