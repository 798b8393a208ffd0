package io.k3j.kubeletconfig;

import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the configuration files of one component hold.
///
/// @param apiVersion which each says
/// @param kind which each says
/// @param flag by which one is named, for messages
/// @param fields which there may be
record ConfigKind(String apiVersion, String kind, String flag, ConfigFields fields) {
    private static final int MOST_BYTES = 1 << 20;

    /// Reads a file. Blocks for the disk.
    ///
    /// @param problems is given why it cannot be read, a sentence that names it
    /// @return nothing when it cannot
    Optional<Document> read(String file, List<String> problems) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            if (text.length == 0 || text.length > MOST_BYTES) {
                throw new MalformedInput(
                        text.length == 0 ? "it is empty" : "it has more than " + MOST_BYTES + " bytes");
            }
            return Optional.of(Yaml.document(text));
        } catch (IOException e) {
            problems.add(unreadable(file, Files.isDirectory(Path.of(file)) ? "it is a directory"
                    : e.getClass().getSimpleName()));
        } catch (InvalidPathException e) {
            problems.add(unreadable(file, e.getReason()));
        } catch (MalformedInput e) {
            problems.add(file + " is not a " + kind + ": " + e.getMessage() + "; correct it");
        }
        return Optional.empty();
    }

    private String unreadable(String file, String why) {
        return file + " cannot be read: " + why + "; write a " + kind + " there or leave it out of " + flag;
    }

    /// Looks at each field of a file.
    ///
    /// @param file its name, for messages
    /// @param problems is given what is wrong, a sentence each
    /// @param warnings is given which fields are not known: upstream ignores them
    /// @return the fields; nothing when one of them is wrong, or when it is another object
    Optional<Struct> said(String file, Struct object, List<String> problems, List<String> warnings) {
        if (!object.text("apiVersion").equals(apiVersion) || !object.text("kind").equals(kind)) {
            problems.add(file + ": its first lines must be apiVersion: " + apiVersion + " and kind: " + kind);
            return Optional.empty();
        }
        List<String> malformed = new ArrayList<>();
        Struct said = object.without("apiVersion").without("kind");
        for (String unknown : fields.check(said, malformed)) {
            String near = fields.near(unknown);
            warnings.add(file + ": unknown field " + unknown + " is ignored"
                    + (near.isEmpty() ? "" : "; did you mean " + near + "?"));
        }
        malformed.forEach(why -> problems.add(file + ": " + why));
        return malformed.isEmpty() ? Optional.of(said) : Optional.empty();
    }
}
