package io.k3j.imageitest;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What the image says of how it is run, out of its archive as `docker load` reads it.
///
/// @param config the `config` object and more, as JSON without spaces
record ImageConfig(String config) {
    static ImageConfig of(Path archive) throws IOException, InterruptedException {
        return new ImageConfig(file(archive, between(file(archive, "manifest.json"), "\"Config\":\"", "\"")));
    }

    private static String file(Path archive, String name) throws IOException, InterruptedException {
        return Launch.of("tar", "-xOf", archive.toString(), name).text(Waiting.LIMIT);
    }

    private static String between(String text, String before, String after) {
        int begin = text.indexOf(before) + before.length();
        return text.substring(begin, text.indexOf(after, begin));
    }

    /// The variables, as the inside of a JSON list.
    String variables() {
        return between(config, "\"Env\":[", "]");
    }

    /// Where Docker makes a volume.
    List<String> volumes() {
        return Stream.of(between(config, "\"Volumes\":{", "}}").split("\"")).filter(word -> word.startsWith("/"))
                .toList();
    }

    /// The words of a command line, as the inside of a JSON list.
    ///
    /// @param words instead of those the image has itself; empty: those
    String commandLine(String words) {
        String rest = words.isEmpty() ? between(config, "\"Cmd\":[", "]") : "\"" + words.replace(" ", "\",\"") + "\"";
        return between(config, "\"Entrypoint\":[", "]") + "," + rest;
    }
}
