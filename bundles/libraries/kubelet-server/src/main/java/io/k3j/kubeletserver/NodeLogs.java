package io.k3j.kubeletserver;

import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.kubeletserver.KubeletServer.Refusal;
import io.k3j.nodefiles.FileRoots;
import io.k3j.staticfiles.FileServer;
import io.k3j.staticfiles.ServedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// `/logs/`: files of the node's directory of logs and, where it is switched on, what its services have logged
/// ([NodeLogQuery]): in the journal, else in a file of the service's name. Files are found as [FileRoots] says. Any
/// thread; blocks for disk, journal and client.
final class NodeLogs {
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain;charset=UTF-8");
    private static final int PIECE_BYTES = 64 << 10;
    /// A search in the journal takes a processor; who may see logs may not take all of them.
    static final int MOST_QUERIES = 8;
    private final FileRoots roots;
    private final FileServer files;
    private final NodeLogAccess access;
    private final SystemdJournal journal;
    private final int mostQueries;
    private final Semaphore turns;

    /// @param mostQueries of services at once
    NodeLogs(FileRoots roots, NodeLogAccess access, SystemdJournal journal, int mostQueries) {
        this.mostQueries = mostQueries;
        turns = new Semaphore(mostQueries);
        this.roots = roots;
        this.access = access;
        this.journal = journal;
        files = new FileServer(path -> {
            FileRoots.Held held = roots.open(path);
            return new ServedFiles.OpenFile(held.path(), held);
        });
    }

    /// @param below what is behind `/logs/`, as sent
    /// @throws Refusal in upstream's words for what is switched off or cannot be asked
    void serve(Exchange x, String below, Parameters parameters) throws IOException {
        if (access == NodeLogAccess.NONE) {
            throw new Refusal(405, "logs endpoint is disabled.\n");
        }
        Optional<NodeLogQuery> query = access == NodeLogAccess.QUERIES ? NodeLogQuery.of(parameters)
                : Optional.empty();
        if (query.isEmpty()) {
            files.serve(x, below);
        } else if (!below.isEmpty()) {
            throw new Refusal(406, "path not allowed in query mode\n");
        } else if (query.get().services().isEmpty()) {
            file(x, query.get());
        } else {
            inTurn(x, query.get());
        }
    }

    private void inTurn(Exchange x, NodeLogQuery query) throws IOException {
        if (!turns.tryAcquire()) {
            throw new Refusal(429, "this node answers " + mostQueries
                    + " queries of its services' logs at once; try again\n");
        }
        try {
            services(x, query);
        } finally {
            turns.release();
        }
    }

    private void file(Exchange x, NodeLogQuery query) throws IOException {
        try (FileRoots.Held held = held(query)) {
            ResponseStream out = x.stream(200, TEXT);
            if (!x.method().equals("HEAD")) {
                copy(held.path(), out);
            }
            out.close();
        }
    }

    private FileRoots.Held held(NodeLogQuery query) throws IOException {
        try {
            return open(query.files().getFirst());
        } catch (NoSuchFileException e) {
            throw query.missing("no such file or directory");
        } catch (FileSystemException | IllegalArgumentException e) {
            throw query.missing("it is no regular file below the node's directory of logs");
        }
    }

    /// @param name however it is written: it is below the directory of logs
    /// @throws IllegalArgumentException when it is no path
    private FileRoots.Held open(String name) throws IOException {
        Path below = Path.of("/").relativize(Path.of("/" + name).normalize());
        FileRoots.Held held = roots.open(below);
        if (!Files.isRegularFile(held.path())) {
            held.close();
            throw new FileSystemException(name);
        }
        return held;
    }

    private void services(Exchange x, NodeLogQuery query) throws IOException {
        Set<String> units = journal.units();
        List<String> journalled = new ArrayList<>();
        List<String> others = new ArrayList<>();
        query.services().forEach(s -> (units.contains(s + ".service") ? journalled : others).add(s));
        ResponseStream out = x.stream(200, TEXT);
        if (!x.method().equals("HEAD")) {
            if (!journalled.isEmpty()) {
                journal.copy(journalled, query.options(), out);
            }
            files(others, query.options(), out);
        }
        out.close();
    }

    /// Files are shown as a whole only.
    private void files(List<String> services, NodeLogQuery.Options options, ResponseStream out) throws IOException {
        if (!services.isEmpty() && !options.equals(NodeLogQuery.Options.NONE)) {
            say(out, "options present and query resolved to log files for [" + String.join(" ", services)
                    + "]\ntry without specifying options");
            return;
        }
        for (String service : services) {
            byName(service, out);
        }
    }

    /// The first of upstream's names that there is.
    private void byName(String service, ResponseStream out) throws IOException {
        for (String name : List.of(service, service + ".log", service + "/" + service + ".log")) {
            try (FileRoots.Held held = open(name)) {
                copy(held.path(), out);
                return;
            } catch (FileSystemException next) {
                // another name, or none
            }
        }
        say(out, "log not found for " + service);
    }

    /// As much as there is at the beginning: a log that grows faster than it is read ends, too.
    private static void copy(Path file, ResponseStream out) throws IOException {
        long left = Files.size(file);
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(piece); n > 0 && left > 0; n = in.read(piece)) {
                out.write(Arrays.copyOf(piece, (int) Math.min(n, left)));
                left -= n;
            }
        }
    }

    private static void say(ResponseStream out, String text) throws IOException {
        out.write(("\n" + text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
