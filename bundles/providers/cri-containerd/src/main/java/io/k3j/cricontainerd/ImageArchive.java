package io.k3j.cricontainerd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A tar of images, packed or not, with the names that K3s takes (`SupportedExtensions` of
/// <https://github.com/rancher/wharfie/blob/master/pkg/tarfile/tarfile.go>).
///
/// @param file where it lies
/// @param unpacker the program that unpacks it, named as Debian's package; empty for a plain tar
record ImageArchive(Path file, String unpacker) {
    private static final Map<String, String> UNPACKERS = Map.of(".tar", "", ".tar.gz", "gzip", ".tgz", "gzip",
            ".tar.zst", "zstd", ".tzst", "zstd", ".tar.bz2", "bzip2", ".tbz", "bzip2", ".tar.lz4", "lz4");
    private static final List<String> IMPORT = List.of("images", "import");
    private static final String LOCAL = "--local";
    private static final String UNPACKING = "unpacking ";
    private static final int MOST_TOLD = 500;

    /// Empty for a file that is none.
    static Optional<ImageArchive> of(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return UNPACKERS.entrySet().stream().filter(e -> name.endsWith(e.getKey())).findFirst()
                .map(e -> new ImageArchive(file, e.getValue()));
    }

    /// Whether this machine can unpack it.
    boolean legible(Ctr ctr) {
        return unpacker.isEmpty() || ctr.programs().apply(unpacker).isPresent();
    }

    /// Brings its images into containerd.
    ///
    /// @return their names to their digests, one at least
    /// @throws IOException when it is damaged, has no image, or cannot be unpacked here
    Map<String, String> load(Ctr ctr) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(IMPORT);
        // what ctr 2 does without it shows names cut short
        if (ctr.takes(IMPORT, LOCAL)) {
            words.add(LOCAL);
        }
        String said;
        if (unpacker.isEmpty()) {
            words.addAll(List.of("--all-platforms", file.toString()));
            said = ctr.run(words);
        } else {
            Path program = ctr.programs().apply(unpacker).orElseThrow(() -> new IOException("there is no " + unpacker
                    + " to unpack it with; install it, for example with: apt-get install -y " + unpacker));
            words.add("-");
            said = ctr.run(words, program, file);
        }
        Map<String, String> images = images(said);
        if (images.isEmpty()) {
            throw new IOException("ctr names no image of it, so none was pinned; it says: "
                    + said.substring(0, Math.min(said.length(), MOST_TOLD)));
        }
        return images;
    }

    /// `ctr` prints `unpacking NAME (sha256:…)...done` for each image.
    private static Map<String, String> images(String said) {
        Map<String, String> images = new LinkedHashMap<>();
        said.lines().filter(line -> line.startsWith(UNPACKING)).forEach(line -> {
            int from = line.indexOf(" (", UNPACKING.length());
            int to = line.indexOf(')', from + 1);
            if (from > UNPACKING.length() && to > from) {
                images.put(line.substring(UNPACKING.length(), from), line.substring(from + 2, to));
            }
        });
        return images;
    }
}
