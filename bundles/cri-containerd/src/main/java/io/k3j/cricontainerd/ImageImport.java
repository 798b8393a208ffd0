package io.k3j.cricontainerd;

import io.k3j.childprocess.Command;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Keeps the archives of some directories imported and pinned: at start, and two seconds after a change.
/// See <https://docs.k3s.io/installation/airgap>.
final class ImageImport {
    /// How long one call of `ctr` may take: an archive of 20 GB on a disk that takes 20 MB a second is done by then.
    static final Duration LIMIT = Duration.ofMinutes(20);
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final List<String> PIN = List.of("io.cattle.k3s.pinned=pinned", "io.cri-containerd.pinned=pinned");
    private final List<Path> directories;
    private final List<String> ctr;
    private final Pins pins;
    private final Consumer<String> pull;
    private final Command command;
    private final Map<Path, String> done = new HashMap<>();

    /// @param directories to look into, in this order
    /// @param ctr the command line of containerd's own client, with its address and namespace
    /// @param pull fetches an image named by a `.txt` list
    /// @param command runs `ctr`, for [#LIMIT] at most
    ImageImport(List<Path> directories, List<String> ctr, Pins pins, Consumer<String> pull, Command command) {
        this.directories = directories;
        this.ctr = ctr;
        this.pins = pins;
        this.pull = pull;
        this.command = command;
    }

    /// Imports what is there, then watches until interrupted.
    void run(Runnable afterFirst) throws IOException, InterruptedException {
        for (Path directory : directories) {
            scan(directory);
        }
        afterFirst.run();
        try (WatchService watch = directories.getFirst().getFileSystem().newWatchService()) {
            Path own = directories.getLast();
            Files.createDirectories(own);
            own.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            while (true) {
                WatchKey key = watch.take();
                do {
                    key.pollEvents();
                    key.reset();
                    key = watch.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                } while (key != null);
                scan(own);
            }
        } catch (ClosedWatchServiceException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void scan(Path directory) throws InterruptedException {
        List<Path> files;
        try (Stream<Path> all = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot list {0}: {1}", directory, e.getMessage());
            return;
        }
        for (Path file : files) {
            try {
                String stamp = Files.size(file) + "@" + Files.getLastModifiedTime(file);
                if (!stamp.equals(done.put(file, stamp))) {
                    take(file);
                }
            } catch (IOException e) {
                done.remove(file);
                LOG.log(System.Logger.Level.WARNING, "cannot import {0}: {1}", file, e.getMessage());
            }
        }
    }

    /// Imports one archive, or fetches what a list names.
    /// @throws IOException when it cannot be imported
    void take(Path file) throws IOException, InterruptedException {
        String name = file.getFileName().toString();
        if (name.endsWith(".txt")) {
            Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#"))
                    .forEach(pull);
        } else if (name.endsWith(".tar")) {
            imported(said(command.run(ctr("images", "import", "--all-platforms", file.toString()), "")));
        } else if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            imported(said(command.pipe(List.of(ctr("images", "import", "-")), file)));
        } else {
            String unpacker = unpacker(name);
            if (!unpacker.isEmpty()) {
                imported(said(command.pipe(List.of(List.of(unpacker, "-dc"), ctr("images", "import", "-")), file)));
            }
        }
    }

    private static String unpacker(String name) {
        return name.endsWith(".tar.zst") ? "zstd"
                : name.endsWith(".tar.bz2") ? "bzip2" : name.endsWith(".tar.lz4") ? "lz4" : "";
    }

    /// `ctr` prints `unpacking NAME (sha256:…)...done` for each image.
    private void imported(String output) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        output.lines().filter(l -> l.startsWith("unpacking ")).forEach(l -> {
            String rest = l.substring("unpacking ".length());
            names.add(rest.substring(0, Math.max(0, rest.indexOf(" ("))));
        });
        for (String image : names) {
            pins.add(image);
            List<String> label = ctr("images", "label", image);
            label.addAll(PIN);
            said(command.run(label, ""));
            LOG.log(System.Logger.Level.INFO, "imported image={0}", image);
        }
    }

    private List<String> ctr(String... words) {
        List<String> line = new ArrayList<>(ctr);
        line.addAll(List.of(words));
        return line;
    }

    private static String said(Command.Outcome outcome) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("while ctr ran");
        }
        String all = (outcome.output() + "\n" + outcome.complaint()).strip();
        if (outcome.code() == Command.KILLED) {
            throw new IOException(all + "; ctr was killed with what it had started; see whether containerd is at work"
                    + " and the disk is fast enough (k3s ctr images ls), then touch the file to have it imported");
        }
        if (outcome.code() != 0) {
            throw new IOException(all);
        }
        return all;
    }
}
