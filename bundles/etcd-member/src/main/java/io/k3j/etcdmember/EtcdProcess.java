package io.k3j.etcdmember;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The etcd process of this server. It lives in a session of its own; whoever comes next adopts it when it still
/// runs with the configuration wanted now, and replaces it otherwise.
final class EtcdProcess {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// etcd takes up to seven seconds to leave.
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final long ASK_SECONDS = 10;
    private static final long MAX_LOG_BYTES = 64L << 20;
    private static final long WORDS = 8_192;
    private static final String STOPPING = "stopping";
    private static final String STRAY = "stray";
    private final Places places;
    private final Path binary;
    private volatile @Nullable ProcessHandle running;
    private long logStart;

    /// `binary` is etcd's.
    EtcdProcess(Places places, Path binary) {
        this.places = places;
        this.binary = binary;
    }

    /// What an installed etcd says when asked, which fits into a pipe.
    /// @throws IOException when it cannot run, or does not end within ten seconds
    static String ask(Path binary, String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(binary.toString(), argument).redirectErrorStream(true).start();
        if (!process.waitFor(ASK_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(binary + " " + argument + " does not end");
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// What is installed; none when it does not say so.
    Optional<EtcdVersion> version() throws IOException, InterruptedException {
        return EtcdVersion.of(binary);
    }

    /// Whether it may be started on the data that is there.
    /// @throws MemberFault when it may not; nothing was changed
    void checkData() throws IOException, InterruptedException {
        DataVersion.check(places, binary);
    }

    /// Whether one of this server runs, whoever started it.
    boolean found() throws IOException {
        return recorded().isPresent();
    }

    /// One that was started and never noted fits no configuration.
    private Optional<ProcessRecord> recorded() throws IOException {
        Optional<ProcessRecord> noted = ProcessRecord.read(places.record()).filter(ProcessRecord::alive);
        return noted.isPresent() ? noted
                : Strays.of(places.config()).map(stray -> ProcessRecord.of(stray.pid(), STRAY));
    }

    /// Makes sure a process runs with this configuration: the one that is there, or a new one.
    ///
    /// @param identity what must be the same for the running one to be kept
    void ensure(String identity, String config) throws IOException, InterruptedException {
        String hash = hash(identity);
        Optional<ProcessRecord> found = recorded();
        Optional<ProcessHandle> there = found.flatMap(record -> ProcessHandle.of(record.pid()));
        if (there.isPresent() && found.get().hash().equals(hash)) {
            LOG.log(System.Logger.Level.INFO, "adopted etcd pid=" + there.get().pid());
            running = there.get();
            logStart = Files.exists(places.log()) ? Files.size(places.log()) : 0;
            return;
        }
        if (there.isPresent()) {
            Strays.end(there.get(), STOP_LIMIT);
        }
        start(hash, config);
    }

    /// Whether it runs.
    boolean alive() {
        ProcessHandle now = running;
        return now != null && now.isAlive();
    }

    private void start(String hash, String config) throws IOException {
        places.create();
        Files.writeString(places.config(), config);
        if (Files.exists(places.log()) && Files.size(places.log()) > MAX_LOG_BYTES) {
            Files.move(places.log(), places.log().resolveSibling("etcd.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        logStart = Files.exists(places.log()) ? Files.size(places.log()) : 0;
        // a session of its own: a Ctrl-C or the end of our group must not reach it
        ProcessBuilder b = new ProcessBuilder("setsid", binary.toString(), Strays.OPTION,
                places.config().toString());
        b.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(places.log().toFile()));
        b.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        b.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        if (System.getProperty("os.arch").equals("aarch64")) {
            b.environment().put("ETCD_UNSUPPORTED_ARCH", "arm64");
        }
        ProcessHandle handle = b.start().toHandle();
        ProcessRecord.of(handle.pid(), hash).write(places.record());
        running = handle;
        LOG.log(System.Logger.Level.INFO, "started etcd pid=" + handle.pid() + " log=" + places.log());
    }

    /// Ends it, as an orderly stop of the server does. When it has not left in time, the next start waits for it.
    void stop(Duration atMost) throws IOException, InterruptedException {
        Optional<ProcessRecord> found = recorded();
        if (found.isEmpty()) {
            return;
        }
        ProcessRecord.of(found.get().pid(), STOPPING).write(places.record());
        Optional<ProcessHandle> there = ProcessHandle.of(found.get().pid());
        if (there.isPresent()) {
            there.get().destroy();
            Strays.ended(there.get(), atMost);
        }
    }

    /// Waits until it has ended by itself.
    boolean awaitEnd(Duration limit) throws InterruptedException {
        ProcessHandle now = running;
        return now == null || Strays.ended(now, limit);
    }

    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Why it ended, as far as its last line says so, in place of the log's own form.
    String reason() {
        String words = lastWords();
        String line = words.substring(words.lastIndexOf('\n') + 1);
        try {
            Struct said = Json.object(line.getBytes(StandardCharsets.UTF_8));
            String error = said.text("error");
            return said.text("msg", line) + (error.isEmpty() ? "" : ": " + error);
        } catch (MalformedInput plain) {
            return line;
        }
    }

    /// The last lines the process wrote since it was started or adopted.
    String lastWords() {
        try (SeekableByteChannel log = Files.newByteChannel(places.log())) {
            log.position(Math.max(logStart, log.size() - WORDS));
            ByteBuffer words = ByteBuffer.allocate((int) Math.max(0, Math.min(WORDS, log.size() - log.position())));
            while (words.hasRemaining() && log.read(words) >= 0) {
                continue;
            }
            return new String(words.array(), 0, words.position(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "no log at " + places.log();
        }
    }
}
