package io.k3j.etcdmember;

import io.k3j.childprocess.Command;
import io.k3j.childprocess.Daemon;
import io.k3j.childprocess.ProcessRecord;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The etcd process of this server. It runs in a session of its own and survives this process: the next server
/// process adopts it when it runs with the wanted configuration, and replaces it otherwise.
final class EtcdProcess {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// etcd takes up to seven seconds to stop.
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Command COMMAND = new Command(Duration.ofSeconds(10));
    private static final long TAIL_BYTES = 8_192;
    private static final String STOPPING = "stopping";
    private static final String STRAY = "stray";
    private final EtcdLayout layout;
    private final Path binary;
    private final Daemon daemon;
    private volatile @Nullable ProcessHandle running;
    private long logStart;

    /// @param binary the path of etcd
    EtcdProcess(EtcdLayout layout, Path binary) {
        this.layout = layout;
        this.binary = binary;
        daemon = new Daemon(layout.record(), layout.log());
    }

    /// The output of an installed etcd for one argument, such as `--version`.
    /// @throws IOException when it cannot run, or does not end within ten seconds
    static String query(Path binary, String argument) throws IOException, InterruptedException {
        Command.Outcome outcome = COMMAND.run(List.of(binary.toString(), argument), "");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (outcome.code() == Command.KILLED) {
            throw new IOException(binary + " " + argument + " does not end");
        }
        return outcome.output() + outcome.complaint();
    }

    /// The installed version; empty when its output names none.
    Optional<EtcdVersion> version() throws IOException, InterruptedException {
        return EtcdVersion.of(binary);
    }

    /// Checks that the installed etcd can use the data.
    /// @throws MemberFault when it cannot; nothing was changed
    void checkData() throws IOException, InterruptedException {
        DataVersion.check(layout, binary);
    }

    /// Whether an etcd of this server runs, whichever process started it.
    boolean found() throws IOException {
        return recorded().isPresent();
    }

    /// A process without a record, whose starter was killed, matches no configuration and is replaced.
    private Optional<ProcessRecord> recorded() throws IOException {
        Optional<ProcessRecord> noted = daemon.running();
        return noted.isPresent() ? noted
                : OrphanProcesses.of(layout.config()).map(stray -> ProcessRecord.of(stray.pid(), STRAY));
    }

    /// Ensures that a process runs with this configuration: adopts the running one or starts a new one.
    ///
    /// @param identity has to equal that of the running process for it to be adopted
    void ensure(String identity, String config) throws IOException, InterruptedException {
        String hash = ProcessRecord.hash(identity);
        Optional<ProcessRecord> found = recorded();
        Optional<ProcessHandle> handle = found.flatMap(record -> ProcessHandle.of(record.pid()));
        if (handle.isPresent() && found.get().hash().equals(hash)) {
            LOG.log(System.Logger.Level.INFO, "Adopted etcd pid=" + handle.get().pid());
            running = handle.get();
            logStart = Files.exists(layout.log()) ? Files.size(layout.log()) : 0;
            return;
        }
        if (handle.isPresent()) {
            Daemon.end(handle.get(), STOP_LIMIT);
        }
        start(hash, config);
    }

    /// Whether the process is alive.
    boolean alive() {
        ProcessHandle now = running;
        return now != null && now.isAlive();
    }

    private void start(String hash, String config) throws IOException {
        layout.create();
        Files.writeString(layout.config(), config);
        logStart = daemon.rotate();
        List<String> line = List.of("setsid", binary.toString(), OrphanProcesses.OPTION, layout.config().toString());
        ProcessHandle started = daemon.start(line, EtcdProcess::setEnvironment, hash);
        running = started;
        LOG.log(System.Logger.Level.INFO, "Started etcd pid=" + started.pid() + " log=" + layout.log());
    }

    private static void setEnvironment(Map<String, String> variables) {
        variables.keySet().removeIf(name -> name.startsWith("ETCD_"));
        if (System.getProperty("os.arch").equals("aarch64")) {
            variables.put("ETCD_UNSUPPORTED_ARCH", "arm64");
        }
    }

    /// Ends the process, for an orderly stop of the server. When it does not end in time, the next start waits
    /// for it.
    void stop(Duration atMost) throws IOException, InterruptedException {
        Optional<ProcessHandle> handle = stopping();
        if (handle.isPresent()) {
            handle.get().destroy();
            Daemon.ended(handle.get(), atMost);
        }
    }

    /// Ends the process before somebody else takes its data: by SIGKILL when it does not end in time.
    /// @throws MemberFault when it runs all the same, as one does that waits for its disk
    void end(Duration atMost) throws IOException, InterruptedException {
        Optional<ProcessHandle> handle = stopping();
        if (handle.isPresent()) {
            Daemon.end(handle.get(), atMost);
            Daemon.ended(handle.get(), STOP_LIMIT);
        }
        Optional<ProcessRecord> left = recorded();
        if (left.isPresent()) {
            throw new MemberFault("the managed etcd (process " + left.get().pid() + ") does not end, by SIGKILL"
                    + " neither; nothing was changed: see what it waits for, or start the machine anew");
        }
    }

    /// The running process, which nobody adopts from now on.
    private Optional<ProcessHandle> stopping() throws IOException {
        Optional<ProcessRecord> found = recorded();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        ProcessRecord.of(found.get().pid(), STOPPING).write(layout.record());
        return ProcessHandle.of(found.get().pid());
    }

    /// The reason the process ended: message and error of its last log line, or the line itself when it is not
    /// JSON.
    String reason() {
        String lines = lastLines();
        String line = lines.substring(lines.lastIndexOf('\n') + 1);
        try {
            Struct entry = Json.object(line.getBytes(StandardCharsets.UTF_8));
            String error = entry.text("error");
            return entry.text("msg", line) + (error.isEmpty() ? "" : ": " + error);
        } catch (MalformedInput plain) {
            return line;
        }
    }

    /// The last lines the process logged since it was started or adopted.
    String lastLines() {
        try (SeekableByteChannel log = Files.newByteChannel(layout.log())) {
            log.position(Math.max(logStart, log.size() - TAIL_BYTES));
            ByteBuffer tail = ByteBuffer.allocate((int) Math.max(0, Math.min(TAIL_BYTES, log.size() - log.position())));
            while (tail.hasRemaining() && log.read(tail) >= 0) {
                continue;
            }
            return new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "no log at " + layout.log();
        }
    }
}
