package io.k3j.helm;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Properties;

/// The program: does what `request.properties` of its working directory asks and writes `result.properties` there.
/// The code is 0 when there is a result, whatever it says; it ends at once when its owner is heard of no more.
public final class Main {
    /// An owner's error message need not be longer; templates repeat themselves in theirs.
    private static final int MOST_CHARACTERS = 4_000;
    private static final int LEFT = 3;

    private Main() {
    }

    /// Runs it.
    public static void main(String[] arguments) throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Properties request = new Properties();
        try (InputStream in = Files.newInputStream(here.resolve("request.properties"))) {
            request.load(in);
        }
        Watchdog dog = new Watchdog(Duration.ofMillis(Long.parseLong(request.getProperty("silenceMillis"))),
                System::nanoTime);
        Thread.ofPlatform().daemon().name("owner").start(() -> dog.read(System.in));
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            dog.awaitSilence();
            Runtime.getRuntime().halt(LEFT);
        });
        write(here, result(here, request));
        // Go's threads and the hooks of the binding are not waited for
        Runtime.getRuntime().halt(0);
    }

    /// What happened, in a form that is never larger than it may be.
    private static Properties result(Path here, Properties request) {
        Properties result = new Properties();
        try {
            result.setProperty("message", cut(new Operation(here, request).run()));
            result.setProperty("ok", "true");
        } catch (IllegalStateException | IllegalArgumentException | IOException | LinkageError failed) {
            result.setProperty("message", cut(String.valueOf(failed.getMessage())));
            result.setProperty("ok", "false");
        }
        return result;
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + " …";
    }

    /// Whole or not at all: the owner may look at any time.
    private static void write(Path here, Properties result) throws IOException {
        Path part = here.resolve("result.part");
        try (Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
            result.store(out, null);
        }
        Files.move(part, here.resolve("result.properties"), StandardCopyOption.ATOMIC_MOVE);
    }
}
