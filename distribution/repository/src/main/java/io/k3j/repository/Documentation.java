package io.k3j.repository;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// The Javadoc of all contracts in one, whose pages refer to each other.
final class Documentation {
    private Documentation() {
    }

    /// The pages as a zip file.
    /// @param sources directories of sources
    static byte[] of(List<Path> sources) throws IOException {
        Path pages = Files.createTempDirectory("k3j-javadoc");
        try {
            List<String> words = new ArrayList<>(List.of("-quiet", "-notimestamp", "--no-fonts", "-Xdoclint:none",
                    "-public", "-encoding", "UTF-8", "-windowtitle", "K3j", "-classpath",
                    System.getProperty("java.class.path"), "-d", pages.toString()));
            for (Path each : sources) {
                try (Stream<Path> files = Files.walk(each)) {
                    files.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().forEach(words::add);
                }
            }
            run(words);
            return Zip.of(pages);
        } finally {
            delete(pages);
        }
    }

    private static void run(List<String> words) {
        StringWriter said = new StringWriter();
        try (PrintWriter out = new PrintWriter(said)) {
            if (ToolProvider.findFirst("javadoc").orElseThrow().run(out, out, words.toArray(String[]::new)) != 0) {
                throw new IllegalStateException("the documentation of the contracts cannot be made\n" + said);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> walk = Files.walk(tree)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
