package io.k3j.kuberuntime;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The values that a container's `fileKeyRef`s name. A file is read once, however many name it, and of it those values
/// alone are kept. One thread, for one start of a container.
final class FileKeys {
    private final Environment.VolumeFiles files;
    private final Map<Place, Set<String>> wanted = new HashMap<>();
    private final Map<Place, EnvironmentFile.Values> known = new HashMap<>();
    private long kept;

    private record Place(String volume, String path) {
        static Place of(Struct ref) {
            return new Place(ref.text("volumeName"), ref.text("path"));
        }
    }

    /// @param variables the container's `env`
    FileKeys(Environment.VolumeFiles files, Seq variables) {
        this.files = files;
        variables.structs().stream().map(v -> v.struct("valueFrom")).filter(f -> f.has("fileKeyRef"))
                .map(f -> f.struct("fileKeyRef"))
                .forEach(r -> wanted.computeIfAbsent(Place.of(r), _ -> new HashSet<>()).add(r.text("key")));
    }

    /// An empty value counts as none, and a file that is missing is a failure also of an optional key, as upstream has
    /// it.
    /// @return empty when an optional key is missing
    /// @throws ConfigError when one is missing that is not optional, or the file is no such file
    Optional<String> value(Struct ref) {
        String path = ref.text("path");
        String key = ref.text("key");
        String value;
        try {
            value = of(Place.of(ref)).get(key);
        } catch (NoSuchFileException e) {
            throw unreadable(path, "there is no such file");
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(path, String.valueOf(e.getMessage()));
        }
        if (value.isEmpty() && !ref.flag("optional")) {
            throw ConfigError.config("environment variable key \"" + key + "\" not found in file \"" + path + "\"");
        }
        return Optional.of(value).filter(v -> !v.isEmpty());
    }

    private static ConfigError unreadable(String path, String why) {
        return ConfigError.config("couldn't parse env file: " + path + ": " + why);
    }

    private EnvironmentFile.Values of(Place place) throws IOException {
        EnvironmentFile.Values found = known.get(place);
        if (found == null) {
            found = EnvironmentFile.values(files.read(place.volume, place.path), wanted.getOrDefault(place, Set.of()));
            found.found().forEach((k, v) -> keep(place, k, v));
            known.put(place, found);
        }
        return found;
    }

    /// What is kept is not more than the variables may be, which it is for.
    private void keep(Place place, String key, String value) {
        String what = "environment variable key \"" + key + "\" of file \"" + place.path + "\"";
        long bytes = ExecLimits.variable("", value);
        if (bytes > ExecLimits.MOST_EACH) {
            throw ExecLimits.tooLong(what);
        }
        kept += bytes;
        if (kept > ExecLimits.MOST) {
            throw ExecLimits.tooMuch(what);
        }
    }
}
