package io.k3j.packetfilter;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs one short program with its input and collects what it says.
final class Command {
    private static final long MOST_SECONDS = 30;

    /// How it ended.
    record Outcome(int code, String output, String complaint) {
    }

    /// Blocks until the program has ended, at most half a minute.
    /// @throws UncheckedIOException when it cannot be run
    Outcome run(List<String> line, String input) {
        try {
            Process process = new ProcessBuilder(line).start();
            Thread feeder = Thread.ofVirtual().name("nft-input").start(() -> feed(process, input));
            StringBuilder complaint = new StringBuilder();
            Thread listener = Thread.ofVirtual().name("nft-complaint")
                    .start(() -> complaint.append(text(process.getErrorStream())));
            String output = text(process.getInputStream());
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, output, "no answer within " + MOST_SECONDS + " seconds");
            }
            feeder.join();
            listener.join();
            return new Outcome(process.exitValue(), output, complaint.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + line.getFirst() + "; is the package nftables installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "", "interrupted");
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.getLogger("io.k3j.packetfilter").log(System.Logger.Level.DEBUG, "input not read: {0}",
                    e.getMessage());
        }
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
