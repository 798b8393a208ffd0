package io.k3j.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs of this machine that only tell something.
final class Commands {
    private static final int LIMIT_SECONDS = 60;

    private Commands() {
    }

    /// What a command prints, whatever it ends with; its errors are left out.
    /// @throws IOException when there is no such program, or it takes a minute
    static String output(List<String> command) throws IOException, InterruptedException {
        Path printed = Files.createTempFile("k3j-image", ".txt");
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(printed.toFile()).start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " has not ended after " + LIMIT_SECONDS + " s");
            }
            return Files.readString(printed, StandardCharsets.UTF_8);
        } finally {
            Files.delete(printed);
        }
    }
}
